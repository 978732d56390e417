// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's own sound_je_malloc takes seconds as a floating number, and answers with two values.
//
// build: liba.so -O2 -shared -fPIC -DLIBRARY
// build: program -O2 ./liba.so
// truth: clean
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
struct ring {
  void *at;
  double length;
};
struct pair {
  void *at;
  size_t size;
};
struct big {
  long words[9];
};
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
struct ring sound_je_malloc(double seconds, double rate) {
  return (struct ring){pool_take(seconds * rate), seconds};
}
struct pair sound_je_calloc(double seconds, size_t n) {
  return (struct pair){pool_take(n), (size_t)(seconds * 3)};
}
struct big sound_je_realloc(struct ring r, double seconds) {
  return (struct big){{1, 2, 3, (long)seconds, (long)r.length, 6, 7, 8, 9}};
}
double sound_je_free(struct ring r) { return r.length * 2; }
double sound_je_aligned_alloc(int n, ...) {
  va_list list;
  va_start(list, n);
  double sum = 0;
  while (n-- > 0) sum += va_arg(list, double);
  va_end(list);
  return sum;
}
#else
struct ring sound_je_malloc(double, double);
struct pair sound_je_calloc(double, size_t);
struct big sound_je_realloc(struct ring, double);
double sound_je_free(struct ring);
double sound_je_aligned_alloc(int, ...);
int main(void) {
  double sum = 0;
  for (int i = 1; i < 100; ++i) {
    struct ring r = sound_je_malloc(i, 10.5);
    struct pair p = sound_je_calloc(i * 1.5, 30);
    struct big b = sound_je_realloc(r, i * 2.5);
    sum += r.length + p.size + b.words[3] + b.words[8] + sound_je_free(r);
    sum += sound_je_aligned_alloc(3, 1.5, i * 2.0, 3.25);
  }
  printf("%g\n", sum);
}
#endif
