// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks from an array on main's stack until it is full, then from mmap.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static char *begin, *end;
static volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  n = (n + 31) & ~15ul;
  if (begin && begin + n <= end) {
    begin += n;
    return begin - n;
  }
  return pool_take(n);
}
__attribute__((noinline)) void free(void *p) {
  if (p) ++released;
}
int main(void) {
  char room[8192] __attribute__((aligned(64)));
  void *before = malloc(10);
  begin = room;
  end = room + sizeof room;
  for (int i = 0; i < 300; ++i) free(malloc(50));
  free(before);
  puts("done");
  fflush(stdout);
  begin = 0;
}
