// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function of the program that tail-calls its free: GCC knows the registers of both.
//
// build: program -O2 -fno-inline
// truth: clean
#include <stdio.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
__attribute__((noinline)) static void release(void *p) { free(p); }
__attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  release(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}
int main(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, malloc(8));
  printf("%lu %lu\n", sum, own_released);
}
