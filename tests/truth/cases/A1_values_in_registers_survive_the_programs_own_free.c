// SPDX-License-Identifier: MIT OR Apache-2.0
//
// GCC keeps values in caller-saved registers over calls of the program's own free, because it knows what that one
// touches.
//
// build: program -O2 -fno-inline
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) { ++released; }
__attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, unsigned long d,
                                            void *p) {
  unsigned long e = a ^ b, f = b * 3, g = c - a, h = d + e, i = a * 7, j = b ^ c ^ d, k = a + 1, l = b + 2;
  free(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k + 31 * l;
}
int main(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, 99 - i, malloc(8));
  printf("%lu %lu\n", sum, released);
}
