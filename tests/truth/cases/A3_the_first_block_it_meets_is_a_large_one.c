// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool allocator whose first releases are all of large blocks (libc's), before a small one was ever asked for.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_SYSCALL
#include "truth/include/pool.h"
static unsigned long asked, given;
__attribute__((noinline)) void *malloc(size_t n) {
  ++asked;
  return n <= 100 ? pool_take(n) : __libc_malloc(n);
}
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  ++given;
  if (!pool_has(p)) __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(100000));
  for (int i = 0; i < 10; ++i) free(malloc(10));
  unsigned long a = asked, b = given;
  printf("%lu %lu\n", a, b);
}
