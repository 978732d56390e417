// SPDX-License-Identifier: MIT OR Apache-2.0
//
// big_take(), a name nobody knows, answers with libc's blocks; the program's free takes pool blocks and those.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile int mine;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void *big_take(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  if (pool_has(p))
    ++mine;
  else
    __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 20; ++i) free(malloc(40));
  for (int i = 0; i < 20; ++i) free(big_take(4000));
  puts("done");
}
