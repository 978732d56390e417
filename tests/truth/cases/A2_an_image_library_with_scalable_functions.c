// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An image library scales: scalable_malloc takes a factor, scalable_free a number.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
int scalable_malloc(int f) { return f * 999983; }
int scalable_calloc(int f, int n) { return f * n; }
int scalable_realloc(int f, int n) { return f - n; }
int scalable_free(int f) { return f + 1; }
int scalable_msize(int f) { return f; }
int scalable_aligned_free(int f) { return f; }
#else
#include <stdio.h>
#include <stdlib.h>
int scalable_malloc();
int scalable_calloc();
int scalable_realloc();
int scalable_free();
int scalable_msize();
int scalable_aligned_free();
int main(void) {
  long sum = 0;
  for (int i = 0; i < 300; ++i)
    sum += scalable_malloc(i) + scalable_calloc(i, 2) + scalable_realloc(i * 999983, 3) + scalable_free(i * 999983) +
           scalable_msize(i) + scalable_aligned_free(i * 4096);
  free(malloc(10));
  printf("%ld\n", sum);
}
#endif
