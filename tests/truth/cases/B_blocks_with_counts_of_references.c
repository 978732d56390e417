// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own allocator counts references: a block is released as often as it was retained.
//
// build: program -O1
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/pool.h"
static unsigned long gone;
__attribute__((noinline)) void *malloc(size_t n) {
  long *p = pool_take(n + 8);
  p[0] = 1;
  return p + 1;
}
__attribute__((noinline)) void retain(void *p) { ((long *)p)[-1]++; }
__attribute__((noinline)) void free(void *p) {
  if (p && --((long *)p)[-1] == 0) ++gone;
}
int main(void) {
  for (int i = 0; i < 10; ++i) {
    void *p = malloc(20);
    retain(p);
    retain(p);
    free(p);
    free(p);
    free(p);
  }
  printf("%lu\n", gone);
}
