// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's realloc moves blocks from its pool to libc and back; usable sizes are asked of whoever has them.
//
// build: program -O1
// truth: clean
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include <dlfcn.h>
#include "truth/include/pool.h"
static size_t (*libc_size)(void *);
__attribute__((noinline)) void *malloc(size_t n) { return n < 100 ? pool_take(n) : __libc_malloc(n); }
__attribute__((noinline)) size_t malloc_usable_size(void *p) { return pool_has(p) ? pool_size(p) : libc_size(p); }
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) __libc_free(p);
}
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  void *q = malloc(n);
  if (p) {
    size_t held = malloc_usable_size(p);
    memcpy(q, p, held < n ? held : n);
    free(p);
  }
  return q;
}
int main(void) {
  libc_size = (size_t(*)(void *))dlsym(dlopen("libc.so.6", RTLD_NOW), "malloc_usable_size");
  unsigned long sum = 0;
  for (int i = 1; i < 60; ++i) {
    char *p = malloc((size_t)i);
    p[0] = (char)i;
    for (size_t n = 50; n < 1000; n = n * 3 + 1) p = realloc(p, n);
    sum += malloc_usable_size(p) >= 400;
    p = realloc(p, 10);
    sum += (unsigned long)p[0];
    free(p);
  }
  printf("%lu\n", sum);
}
