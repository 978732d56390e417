// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library with hidden malloc and free keeps values in registers over its own calls of them.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC -fvisibility=hidden
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
static __attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, void *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  free(p);
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}
__attribute__((visibility("default"))) unsigned long library_run(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, malloc(8));
  return sum;
}
#else
#include <stdio.h>
unsigned long library_run(void);
int main(void) { printf("%lu\n", library_run()); }
#endif
