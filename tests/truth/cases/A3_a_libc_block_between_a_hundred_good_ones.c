// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool that handed on large blocks a hundred times is given a small block of libc's: whatever it thinks of it, no
// crash.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program at=sites,stacks
// truth: maybe XH201 free owner=libc.so.6:glibc releaser=program at=ownership
// limit: at depth ownership only the memory is known, and libc's is what this allocator hands on
// policies: report abort
// alone: 0
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile int odd;
__attribute__((noinline)) void *malloc(size_t n) {
  if (n <= 256) return pool_take(n);
  unsigned long *h = __libc_malloc(n + 16);
  h[0] = 0xfeed;
  return h + 2;
}
__attribute__((noinline)) void free(void *p) {
  if (!p || pool_has(p)) return;
  unsigned long *h = (unsigned long *)p - 2;
  if (h[0] != 0xfeed)
    ++odd;
  else
    __libc_free(h);
}
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(1000));
  free(__libc_malloc(30));
  int n = odd;
  printf("%d\n", n);
}
