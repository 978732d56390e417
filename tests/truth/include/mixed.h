// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library (LIBRARY) whose code keeps values in registers over calls of its own free, and the program that uses it.
// MIX_MALLOC and MIX_FREE say which functions are called; without them they are malloc and free of own.h.
#pragma once
#ifdef LIBRARY
#ifndef MIX_FREE
#ifndef POOL_MEMORY
#define POOL_MEMORY POOL_STATIC
#endif
#include "truth/include/own.h"
#define MIX_MALLOC malloc
#define MIX_FREE free
#endif
__attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d, j = a + 9, k = b + 11;
  double x = (double)(a & 15) + 0.5, y = x * 3;
  MIX_FREE(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k +
         (unsigned long)(x * y);
}
unsigned long library_run(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, MIX_MALLOC(8));
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
