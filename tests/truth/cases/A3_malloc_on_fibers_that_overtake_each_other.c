// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Thirty fibers are all inside the program's own malloc at once, and come out in another order than they went in.
//
// build: program -O1
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include "truth/include/pool.h"
static ucontext_t main_context, fibers[30];
static int current = -1, ended;
static char stacks[30][32768] __attribute__((aligned(16)));
__attribute__((noinline)) void *malloc(size_t n) {
  if (current >= 0) swapcontext(&fibers[current], &main_context);
  return pool_take(n);
}
__attribute__((noinline)) void free(void *p) {
  if (current >= 0) swapcontext(&fibers[current], &main_context);
}
static unsigned long sum;
static void body(int number) {
  for (int i = 0; i < 5; ++i) {
    int *p = malloc(40);
    *p = number;
    sum += *p;
    free(p);
  }
  ++ended;
}
int main(void) {
  for (int i = 0; i < 30; ++i) {
    getcontext(&fibers[i]);
    fibers[i].uc_stack.ss_sp = stacks[i];
    fibers[i].uc_stack.ss_size = sizeof stacks[i];
    fibers[i].uc_link = &main_context;
    makecontext(&fibers[i], (void (*)(void))body, 1, i);
  }
  for (int round = 0; round < 11; ++round)
    for (int i = 0; i < 30; ++i) {
      current = (i * 7 + round * 11) % 30;
      swapcontext(&main_context, &fibers[current]);
      current = -1;
    }
  printf("%lu %d\n", sum, ended);
}
