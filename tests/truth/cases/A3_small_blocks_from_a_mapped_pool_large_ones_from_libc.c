// SPDX-License-Identifier: MIT OR Apache-2.0
//
// As with a static pool, but mapped: small blocks from the pool, large ones from libc, resized from one to the other.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
__attribute__((noinline)) void *malloc(size_t n) { return n <= 256 ? pool_take(n) : __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) __libc_free(p);
}
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  if (p && !pool_has(p) && n > 256) return __libc_realloc(p, n);
  void *q = malloc(n);
  if (p) memcpy(q, p, pool_has(p) ? (pool_size(p) < n ? pool_size(p) : n) : n);
  free(p);
  return q;
}
int main(void) {
  unsigned long sum = 0;
  for (int i = 1; i < 100; ++i) {
    unsigned char *p = malloc(16);
    p[15] = (unsigned char)i;
    p = realloc(p, 3000);
    p = realloc(p, 6000);
    p = realloc(p, 100);
    sum += p[15];
    free(p);
    free(realloc(0, 100));
  }
  printf("%lu\n", sum);
}
