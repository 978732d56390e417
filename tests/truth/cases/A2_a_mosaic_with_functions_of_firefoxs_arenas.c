// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A mosaic lays tiles in an arena: moz_arena_malloc and its kind take colours.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
int moz_arena_malloc(int a, int c) { return a * 65537 + c; }
int moz_arena_calloc(int a, int b, int c) { return a + b + c; }
int moz_arena_realloc(int a, int b, int c) { return a - b + c; }
int moz_arena_free(int a, int b) { return a * b; }
int moz_arena_memalign(int a, int b, int c) { return a * b * c; }
#else
#include <stdio.h>
#include <stdlib.h>
int moz_arena_malloc();
int moz_arena_calloc();
int moz_arena_realloc();
int moz_arena_free();
int moz_arena_memalign();
int main(void) {
  long sum = 0;
  for (int i = 0; i < 300; ++i)
    sum += moz_arena_malloc(i, 3) + moz_arena_calloc(i, 1, 2) + moz_arena_realloc(i, i * 65537, 3) +
           moz_arena_free(i, i * 65537) + moz_arena_memalign(i, 2, 3);
  free(malloc(10));
  printf("%ld\n", sum);
}
#endif
