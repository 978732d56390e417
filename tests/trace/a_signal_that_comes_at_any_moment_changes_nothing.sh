#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A signal handler that allocates, on a stack of its own, while the agent may be busy in the same thread: no deadlock,
# no report, the same result. The allocator is one that may be used in a handler: it takes no lock.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >lockless.c <<'C'
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
static char *_Atomic next;
#define BYTES ((size_t)4 << 30)
__attribute__((constructor)) static void start(void) {
  if (!next) next = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}
void *malloc(size_t n) {
  if (!next) start();
  char *block = __atomic_fetch_add(&next, (n + 31) & ~(size_t)15, __ATOMIC_RELAXED);
  *(size_t *)block = n;
  return block + 16;
}
void *calloc(size_t n, size_t m) { return malloc(n * m); }
volatile long released;
void free(void *block) { if (block) __atomic_fetch_add(&released, 1, __ATOMIC_RELAXED); }
void *realloc(void *block, size_t n) {
  void *fresh = malloc(n);
  if (block) memcpy(fresh, block, ((size_t *)block)[-2] < n ? ((size_t *)block)[-2] : n);
  free(block);
  return fresh;
}
C
cc -O1 -fno-builtin -shared -fPIC lockless.c -o lockless.so
cat >signals.c <<'C'
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
static volatile sig_atomic_t handled;
static void *kept[64];
static void handler(int signal) {
  (void)signal;
  int at = handled++ % 64;
  free(kept[at]);
  kept[at] = malloc(200);
  memset(kept[at], at, 200);
}
int main(void) {
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  sigaltstack(&stack, 0);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESTART};
  sigaction(SIGPROF, &action, 0);
  struct itimerval often = {{0, 200}, {0, 200}};
  setitimer(ITIMER_PROF, &often, 0);
  unsigned long sum = 0;
  while (handled < 200) {
    unsigned char *blocks[100];
    for (int i = 0; i < 100; ++i) memset(blocks[i] = malloc(64), i, 64);
    for (int i = 0; i < 100; ++i) {
      sum |= blocks[i][63] ^ (unsigned)i;
      blocks[i] = realloc(blocks[i], 128);
      free(blocks[i]);
    }
  }
  printf("%lu\n", sum);
  return 0;
}
C
cc -O1 -fno-builtin signals.c -o signals
for depth in ownership auto sites stacks; do
  LD_PRELOAD=./lockless.so trace --depth "$depth" -- ./signals
  ended_with 0
  says_all out 0
  expect '.crossings | length' 0
done
