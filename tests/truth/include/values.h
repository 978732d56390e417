// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program whose own free is called while many values live in registers: what it prints is wrong if one is lost. The
// cases that include it differ in how it is built.
#pragma once
#ifndef OWN
#define OWN __attribute__((noinline, noclone))
#endif
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile unsigned long released;
OWN void *malloc(size_t n) { return pool_take(n); }
OWN void free(void *p) { ++released; }
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
  unsigned v[64];
  for (unsigned long i = 0; i < 2000; ++i) {
    for (int k = 0; k < 64; ++k) v[k] = (unsigned)(i * k + sum);
    sum = sum * 3 + mix(i, i * i, sum, (double)(i % 100), malloc(8));
    for (int k = 0; k < 64; ++k) sum += v[k] * (unsigned)k;
  }
  printf("%lu\n", sum);
}
