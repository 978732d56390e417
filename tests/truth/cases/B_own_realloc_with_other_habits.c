// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own realloc releases nothing for a size of 0, and answers with nothing without releasing when it has no
// room.
//
// build: program -O1
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/pool.h"
static unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) { released += p != 0; }
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  if (n == 0 || n > 100000) return 0;
  if (n <= pool_size(p)) return p;
  void *q = malloc(n);
  memcpy(q, p, pool_size(p));
  free(p);
  return q;
}
__attribute__((noinline)) void *reallocf(void *p, size_t n) {
  void *q = realloc(p, n);
  if (!q) free(p);
  return q;
}
int main(void) {
  for (int i = 0; i < 10; ++i) {
    char *p = malloc(20);
    realloc(p, 0);
    p[0] = 1;
    free(p);
    p = malloc(30);
    realloc(p, 1 << 20);
    p[0] = 2;
    p = realloc(p, 10);
    p = realloc(p, 50);
    p = realloc(p, 500);
    free(p);
    p = malloc(10);
    reallocf(p, 1 << 20);
  }
  printf("%lu\n", released);
}
