// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own malloc answers every request for nothing with the same address, which is released many times.
//
// build: program -O1
// truth: clean
#define POOL_MEMORY POOL_STATIC
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/pool.h"
static char nothing[16];
__attribute__((noinline)) void *malloc(size_t n) { return n ? pool_take(n) : nothing; }
__attribute__((noinline)) void *realloc(void *p, size_t n) { return n ? pool_take(n) : nothing; }
__attribute__((noinline)) void free(void *p) {
  if (p == nothing || !p) return;
  memset(p, 1, pool_size(p));
}
int main(void) {
  for (int i = 0; i < 5; ++i) {
    void *a = malloc(0), *b = malloc(0), *c = realloc(a, 0);
    free(a);
    free(b);
    free(c);
    free(malloc(10));
  }
  puts("end");
}
