// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own malloc answers requests for nothing with the address 16, as kernels do.
//
// build: program -O1
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/pool.h"
__attribute__((noinline)) void *malloc(size_t n) { return n ? pool_take(n) : (void *)16; }
__attribute__((noinline)) void free(void *p) {
  if ((unsigned long)p <= 16) return;
  memset(p, 1, pool_size(p));
}
int main(void) {
  for (int i = 0; i < 5; ++i) {
    void *a = malloc(0), *b = malloc(0);
    free(a);
    free(b);
    free(malloc(10));
  }
  puts("end");
}
