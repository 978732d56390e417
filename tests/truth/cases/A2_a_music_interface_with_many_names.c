// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A music interface has a dozen functions with the names of mimalloc's, which take tracks and tempos.
//
// build: libmusic.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lmusic -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#define KEEP __attribute__((noinline))
static int tracks[16];
KEEP int mi_malloc(int track) { return tracks[track & 15]++; }
KEEP int mi_calloc(double tempo, int track) { return (int)tempo + tracks[track & 15]; }
KEEP int mi_zalloc(int track) { return tracks[track & 15] = 0; }
KEEP int mi_realloc(int track, int by) { return tracks[track & 15] += by; }
KEEP int mi_free(int track) { return tracks[track & 15]--; }
KEEP int mi_new(const char *name) { return name[0]; }
KEEP int mi_usable_size(int track) { return tracks[track & 15] * 2; }
KEEP int mi_expand(int a, int b) { return a * b; }
KEEP int mi_malloc_aligned(const char *a) { return a[0]; }
KEEP int mi_free_size(int a, int b) { return a - b; }
KEEP int mi_heap_malloc(double a) { return (int)a; }
KEEP int mi_is_in_heap_region(int a) { return a; }
#else
#include <stdio.h>
#include <stdlib.h>
int mi_malloc(int), mi_calloc(double, int), mi_zalloc(int), mi_realloc(int, int), mi_free(int), mi_new(const char *);
int mi_usable_size(int), mi_expand(int, int), mi_malloc_aligned(const char *), mi_free_size(int, int);
int main(void) {
  long sum = 0;
  for (int i = 0; i < 200; ++i) {
    sum += mi_malloc(i) + mi_calloc(1.5 * i, i) + mi_realloc(i, 3) + mi_usable_size(i) + mi_expand(i, 2) + mi_new("a");
    sum += mi_malloc_aligned("b") + mi_free_size(i, 1);
    sum += i % 3 ? mi_free(i) : mi_zalloc(i);
  }
  free(malloc(10));
  printf("%ld\n", sum);
}
#endif
