// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's malloc serves small blocks from a static pool and large ones from libc; its free knows which is which.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *__libc_malloc(size_t);
void __libc_free(void *);
__attribute__((noinline)) void *malloc(size_t n) { return n <= 256 ? pool_take(n) : __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 100; ++i) {
    void *small = malloc(20), *large = malloc(5000 + i);
    free(large);
    free(small);
    free(malloc(3 << 20));
  }
  puts("done");
}
