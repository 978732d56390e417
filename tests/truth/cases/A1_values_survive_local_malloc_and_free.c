// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Local functions malloc and free of one file: values are kept in registers over them.
//
// build: program -O2 -fno-inline
// truth: clean
#include <stdio.h>
#define OWN static
#define malloc own_malloc
#define calloc own_calloc
#define realloc own_realloc
#define free own_free
#define POOL_MEMORY POOL_STATIC
#include <stdlib.h>
static void *take(size_t) __asm__("malloc");
static void *take_again(void *, size_t) __asm__("realloc");
static void give(void *) __asm__("free");
#include "truth/include/pool.h"
static volatile unsigned long released;
static __attribute__((noinline, noclone, used)) void *take(size_t n) { return pool_take(n); }
static __attribute__((noinline, noclone, used)) void *take_again(void *p, size_t n) {
  void *q = pool_take(n);
  memcpy(q, p, pool_size(p) < n ? pool_size(p) : n);
  return q;
}
static __attribute__((noinline, noclone, used)) void give(void *p) { released += p != 0; }
static __attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  give(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}
int main(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, take_again(take(8), 16));
  printf("%lu %lu\n", sum, released);
}
