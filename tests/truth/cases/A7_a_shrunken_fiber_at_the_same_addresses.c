// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fiber's stack is unmapped and a smaller one ends just above where a call stood before: nothing beyond its end is
// read.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "truth/include/stacks.h"
enum { PAGE = 4096 };
static __attribute__((noinline)) void *take(void) {
  void *p = malloc(40);
  __asm__ volatile("" ::: "memory");
  return p;
}
static __attribute__((noinline)) void *deep(int depth) {
  volatile char frame[200];
  frame[0] = (char)depth;
  void *p = depth ? deep(depth - 1) : take();
  frame[1] = frame[0];
  return p;
}
static void shallow_body(void *unused) {
  for (int i = 0; i < 5; ++i) free(take());
}
static void deep_body(void *unused) { free(deep(15)); }
int main(void) {
  char *place = mmap(0, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int round = 0; round < 40; ++round) {
    // The large stack ends at page 20, the small one at an address from there downwards.
    mprotect(place, 20 * PAGE, PROT_READ | PROT_WRITE);
    run_on(place + 20 * PAGE, deep_body, 0);
    run_on(place + 20 * PAGE, shallow_body, 0);
    mprotect(place + 19 * PAGE, PAGE, PROT_NONE);
    run_on(place + 19 * PAGE, shallow_body, 0);
    for (int i = 0; i < 10; ++i) run_on(place + 19 * PAGE - 16 * i, deep_body, 0);
    mprotect(place + 18 * PAGE, PAGE, PROT_NONE);
    run_on(place + 18 * PAGE, deep_body, 0);
    mprotect(place, 20 * PAGE, PROT_NONE);
  }
  puts("done");
}
