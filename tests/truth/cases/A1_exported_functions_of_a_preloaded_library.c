// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A preloaded library's malloc and free, compiled to clobber little, called by the program through the PLT.
//
// build: libown.so -DLIBRARY -O2 -shared -fPIC
// build: program -O2
// run: env LD_PRELOAD=./libown.so ./program
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#define POOL_BYTES (64 << 20)
#include "truth/include/own.h"
#else
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  unsigned long sum = 0;
  double x = 0;
  for (unsigned long i = 0; i < 1000; ++i) {
    unsigned long *p = malloc(100);
    p[0] = i * 3;
    sum = sum * 5 + p[0];
    x += (double)sum / 1e9;
    free(p);
  }
  printf("%lu %.6g\n", sum, x);
}
#endif
