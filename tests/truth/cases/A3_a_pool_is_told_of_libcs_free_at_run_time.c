// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's pool refers to no other allocator. The program gives it the address of libc's free, for blocks that are
// not the pool's.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
#define SEEN __attribute__((visibility("default")))
static void (*next)(void *);
static volatile int released;
SEEN void pool_use(void (*function)(void *)) { next = function; }
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  if (pool_has(p))
    ++released;
  else
    next(p);
}
SEEN void *pool_get(size_t n) { return malloc(n); }
SEEN void pool_put(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void pool_use(void (*)(void *)), *pool_get(size_t), pool_put(void *);
int main(void) {
  pool_use(free);
  for (int i = 0; i < 50; ++i) {
    pool_put(pool_get(10));
    pool_put(malloc(100));
  }
  puts("done");
}
#endif
