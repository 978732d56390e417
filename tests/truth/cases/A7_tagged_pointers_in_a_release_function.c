// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function that takes its own tagged pointers, with bits in the upper byte and in the lowest, strips them
// itself.
//
// build: program -O1
// truth: clean
#include <stdint.h>
#include <stdio.h>
#define POOL_MEMORY POOL_MMAP
#include <stdlib.h>
#include "truth/include/pool.h"
static volatile unsigned long odd, released;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  uintptr_t a = (uintptr_t)p;
  odd += a >> 56;
  return (void *)(a & 0x00fffffffffffff0ul);
}
__attribute__((noinline)) void free(void *p) {
  uintptr_t a = (uintptr_t)p;
  odd += (a >> 56) + (a & 7);
  ++released;
}
__attribute__((noinline)) size_t malloc_usable_size(void *p) {
  return pool_size((void *)((uintptr_t)p & 0x00fffffffffffff0ul));
}
int main(void) {
  unsigned long sizes = 0;
  for (uintptr_t i = 1; i < 100; ++i) {
    uintptr_t p = (uintptr_t)malloc(32) | i << 56;
    sizes += malloc_usable_size((void *)p);
    p = (uintptr_t)realloc((void *)p, 16) | 3 | i << 57;
    free((void *)p);
  }
  unsigned long a = odd;
  printf("%lu %lu\n", a, sizes);
}
