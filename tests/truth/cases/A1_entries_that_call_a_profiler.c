// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions that call a profiler first (-pg -mfentry).
//
// build: program -O2 -pg -mfentry
// truth: clean
#define POOL_MEMORY POOL_STATIC
#include <stdio.h>
// Not values.h, which has no calloc: the profiler would get a block from libc's and give it to our free.
#include "truth/include/own.h"
__attribute__((noinline)) static unsigned long mix(unsigned long a, unsigned long b, unsigned long c, double x,
                                                   void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d, j = a + 9, k = b + 11;
  double y = x * 3, z = x + 7, u = x - y;
  free(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k +
         (unsigned long)(x + 2 * y + 3 * z + 5 * u + 100000);
}
int main(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 2000; ++i) sum = sum * 3 + mix(i, i * i, sum, (double)(i % 100), malloc(8));
  printf("%lu\n", sum);
}
