// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of libc's that scalable_realloc is given comes back from libc, larger and with its text.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: XH202 scalable_realloc owner=libc.so.6:glibc releaser=libown.so:tbbmalloc
// policies: route
// prints: some text 1 1
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile int released;
void *scalable_malloc(size_t n) { return pool_take(n); }
void *scalable_calloc(size_t count, size_t n) { return pool_take(count * n); }
void *scalable_realloc(void *p, size_t n) {
  if (!p) return pool_take(n);
  if (!pool_has(p)) __builtin_trap();
  return memcpy(pool_take(n), p, pool_size(p) < n ? pool_size(p) : n);
}
void scalable_free(void *p) {
  if (!pool_has(p)) __builtin_trap();
  ++released;
}
#else
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *scalable_malloc(size_t), *scalable_realloc(void *, size_t), scalable_free(void *);
int main(void) {
  scalable_free(scalable_realloc(scalable_malloc(10), 20));
  char *text = scalable_realloc(strdup("some text"), 5000);
  printf("%s %d %d\n", text, malloc_usable_size(text) >= 5000, text != 0);
  free(text);
}
#endif
