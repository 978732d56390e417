// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own allocator whose posix_memalign returns the block, as its own code expects, next to right malloc and
// free.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#define posix_memalign other
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
#undef posix_memalign
__attribute__((noinline)) void *posix_memalign(size_t alignment, size_t n) { return pool_take_aligned(n, alignment); }
int main(void) {
  unsigned long low = 0;
  for (int i = 0; i < 50; ++i) {
    void *p = posix_memalign(256, 100);
    low |= (unsigned long)p & 255;
    free(p);
    free(malloc(20));
  }
  printf("%lu\n", low);
}
