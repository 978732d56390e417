// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library (LIBRARY) whose own code calls its free by a local name, and the program that uses it.
#pragma once
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile unsigned long released;
static __attribute__((noinline, noclone)) void *own_malloc(size_t n) { return pool_take(n); }
static __attribute__((noinline, noclone)) void own_free(void *p) { ++released; }
void *malloc(size_t) __attribute__((alias("own_malloc")));
void free(void *) __attribute__((alias("own_free")));
__attribute__((noinline)) static unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d, j = a + 9, k = b + 11;
  own_free(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k;
}
unsigned long library_run(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, own_malloc(8));
  return sum;
}
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *library = dlopen("./libown.so", RTLD_NOW);
  printf("%lu\n", ((unsigned long (*)(void))dlsym(library, "library_run"))());
}
#endif
