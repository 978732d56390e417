// SPDX-License-Identifier: MIT OR Apache-2.0
//
// GCC keeps floating-point values in vector registers over calls of the program's own malloc and free.
//
// build: program -O2 -fno-inline
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static char *next;
__attribute__((noinline)) void *malloc(size_t n) {
  char *p = next;
  next += (n + 31) & ~(size_t)15;
  return p;
}
volatile unsigned long released;
__attribute__((noinline)) void free(void *p) { ++released; }
__attribute__((noinline)) double mix(double a, double b, double c, double d) {
  double e = a * b, f = b * 3, g = c - a, h = d + e;
  void *p = malloc(8);
  double sum = a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h;
  free(p);
  return sum + a - b * c + d * e - f + g * h;
}
int main(void) {
  pool_open();
  next = pool_begin;
  double sum = 0;
  for (int i = 0; i < 1000; ++i) sum = sum / 1e9 + mix(i, i % 7, sum / 1e6, 99 - i);
  fprintf(stderr, "%.17g %lu\n", sum, released);
  printf("%.3f\n", sum);
}
