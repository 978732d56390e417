// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks of a custom allocator under unknown names, in memory by the raw system call, released by the program's
// exported free.
//
// build: program -O1 -rdynamic
// truth: clean
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_SYSCALL
#include <stdlib.h>
#include "truth/include/pool.h"
static volatile int mine;
__attribute__((noinline)) void *arena_take(size_t n) { return pool_take(n); }
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (pool_has(p))
    ++mine;
  else
    __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 100; ++i) {
    free(arena_take(40));
    free(malloc(40));
  }
  int n = mine;
  printf("%d\n", n);
}
