// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library linked with -Bsymbolic and compiled without semantic interposition keeps values over its exported free.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC -fno-semantic-interposition -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
__attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  double x = (double)(a & 15) + 0.5, y = x * 3;
  free(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + (unsigned long)(x * y);
}
unsigned long library_run(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, malloc(8));
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
