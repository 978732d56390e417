#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Coroutines that allocate on stacks of their own (ucontext), longjmp over frames that hold blocks, and threads with
# the smallest stack there is: the same result, no report.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >switches.c <<'C'
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
enum { COROUTINES = 20, ROUNDS = 200 };
static ucontext_t main_context, contexts[COROUTINES];
static void *held[COROUTINES];
static unsigned long sum;
static void step(int self, int round) {
  held[self] = realloc(held[self], (size_t)(round % 300 + 8));
  memset(held[self], self, 8);
  swapcontext(&contexts[self], &main_context);
  sum += ((unsigned char *)held[self])[7];
}
static void run(int self) {
  for (int round = 0; round < ROUNDS; ++round) step(self, round);
  free(held[self]);
}
static jmp_buf jump;
static void deeper(int depth) {
  void *block = malloc(50);
  if (depth == 0) { free(block); longjmp(jump, 1); }
  deeper(depth - 1);
  free(block);
}
static void *small(void *unused) {
  for (int i = 0; i < 100; ++i) free(malloc(100));
  return unused;
}
int main(void) {
  for (int i = 0; i < COROUTINES; ++i) {
    getcontext(&contexts[i]);
    contexts[i].uc_stack.ss_sp = malloc(1 << 16);
    contexts[i].uc_stack.ss_size = 1 << 16;
    contexts[i].uc_link = &main_context;
    makecontext(&contexts[i], (void (*)(void))run, 1, i);
  }
  for (int round = 0; round <= ROUNDS; ++round)
    for (int i = 0; i < COROUTINES; ++i) swapcontext(&main_context, &contexts[i]);
  for (volatile int i = 0; i < 100; ++i)
    if (setjmp(jump) == 0) deeper(20);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
  for (int i = 0; i < 20; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, small, 0) != 0) return 1;
    pthread_join(thread, 0);
  }
  printf("%lu\n", sum);
  return 0;
}
C
cc -O1 -fno-builtin switches.c -o switches -lpthread
./switches >plain.out
for depth in ownership auto sites stacks; do
  trace --depth "$depth" -- ./switches
  ended_with 0
  diff plain.out out || fails "depth $depth"
  expect '.crossings | length' 0
done
