// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function switches to another fiber before it hands on; that one allocates, releases and switches back.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include "truth/include/libc.h"
static ucontext_t outer, inner[4];
static int inside = -1;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  int self = inside;
  if (p && self >= 0) {
    inside = -1;
    swapcontext(&inner[self], &outer);
  }
  __libc_free(p);
}
static void fiber(int self) {
  for (int i = 0; i < 10; ++i) {
    void *p = malloc((size_t)(100 + i));
    inside = self;
    free(p);
  }
}
int main(void) {
  for (int i = 0; i < 4; ++i) {
    getcontext(&inner[i]);
    inner[i].uc_stack.ss_sp = __libc_malloc(1 << 16);
    inner[i].uc_stack.ss_size = 1 << 16;
    inner[i].uc_link = &outer;
    makecontext(&inner[i], (void (*)(void))fiber, 1, i);
  }
  for (int round = 0; round < 11; ++round)
    for (int i = 0; i < 4; ++i) {
      swapcontext(&outer, &inner[i]);
      free(malloc(77));
    }
  puts("done");
}
