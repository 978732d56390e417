// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own malloc_usable_size is a few instructions; values live across it.
//
// build: program -O2 -fno-inline
// truth: clean
#include <stdio.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
__attribute__((noinline)) size_t malloc_usable_size(void *p) { return pool_size(p); }
__attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  unsigned long s = malloc_usable_size(p);
  return s + a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}
int main(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, malloc(i));
  printf("%lu\n", sum);
}
