// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Arenas with the interface of Firefox's: a block of one given to libc, one of libc's given to moz_arena_free.
//
// build: libmoz.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lmoz -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libmoz.so:mozjemalloc releaser=libc.so.6:glibc routed=any
// truth: XH201 moz_arena_free owner=libc.so.6:glibc releaser=libmoz.so:mozjemalloc
// prints: done
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile int released;
void *moz_arena_malloc(size_t arena, size_t n) { return pool_take(n); }
void *moz_arena_calloc(size_t arena, size_t count, size_t n) { return pool_take(count * n); }
void moz_arena_free(size_t arena, void *p) { ++released; }
#else
#include <stdio.h>
#include <stdlib.h>
void *moz_arena_malloc(size_t, size_t), moz_arena_free(size_t, void *);
int main(void) {
  moz_arena_free(1, moz_arena_malloc(1, 10));
  moz_arena_free(1, malloc(20));
  free(moz_arena_malloc(1, 30));
  puts("done");
}
#endif
