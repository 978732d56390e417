// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's allocator gets a static array of the program, and maps more when that is full.
//
// build: libpool.so -O1 -shared -fPIC -DLIBRARY
// build: program -O1 ./libpool.so
// truth: clean
#include <stddef.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static char *begin, *end;
static volatile unsigned long released;
void pool_give(void *p, size_t n) {
  begin = p;
  end = begin + n;
}
__attribute__((visibility("hidden"), noinline)) void *malloc(size_t n) {
  n = (n + 31) & ~15ul;
  if (begin && begin + n <= end) {
    begin += n;
    return begin - n;
  }
  return pool_take(n);
}
__attribute__((visibility("hidden"), noinline)) void free(void *p) {
  if (p) ++released;
}
void run(void) {
  for (int i = 0; i < 300; ++i) free(malloc(50));
}
#else
#include <stdio.h>
void pool_give(void *, size_t);
void run(void);
static char room[8192] __attribute__((aligned(64)));
int main(void) {
  run();
  pool_give(room, sizeof room);
  run();
  puts("done");
}
#endif
