// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool passes strangers on that are released at more places than the log has room for.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static int strangers;
__attribute__((noinline, noclone)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || pool_has(p)) return;
  strangers++;
  __libc_free(p);
}
#define PLACES(x, next)                                                                            \
  static int g##x(unsigned, int);                                                                  \
  __attribute__((noinline)) static int f##x(unsigned k, int depth) {                               \
    if (depth == 0) free(__libc_malloc(10));                                                       \
    return depth == 0 ? 1 : (k & 1 ? f##next(k >> 1, depth - 1) : g##next(k >> 1, depth - 1)) + x; \
  }                                                                                                \
  __attribute__((noinline)) static int g##x(unsigned k, int depth) {                               \
    if (depth == 0) free(__libc_malloc(20));                                                       \
    return depth == 0 ? 2 : (k & 1 ? f##next(k >> 1, depth - 1) : g##next(k >> 1, depth - 1)) - x; \
  }
static int f1(unsigned, int), g1(unsigned, int);
PLACES(2, 1)
PLACES(1, 2)
int main(void) {
  long sum = 0;
  free(malloc(5));
  for (unsigned i = 0; i < 16384; ++i) sum += f1(i, 14);
  printf("%ld %d\n", sum, strangers);
}
