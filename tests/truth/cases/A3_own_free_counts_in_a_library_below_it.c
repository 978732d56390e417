// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free tells a library of its own of each block, which counts. Neither can reach another allocator: a
// stranger's block is kept, and that is certain from the code of both.
//
// build: libcore.so -DCORE -O2 -shared -fPIC
// build: libown.so -DLIBRARY -O2 -shared -fPIC -Wl,-z,now -L. -lcore -Wl,-rpath,$ORIGIN
// build: program -O1
// run: env LD_PRELOAD=./libown.so ./program
// truth: XH201 free owner=libc.so.6:glibc releaser=libown.so
// output: any-errors
// prints: done
#if defined(CORE)
#include <string.h>
static struct {
  long count;
  char last[16];
} seen;
void core_count(void *p) {
  ++seen.count;
  memcpy(seen.last, &p, sizeof p);
}
#elif defined(LIBRARY)
#define _GNU_SOURCE
#include <stddef.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
void core_count(void *p);
void *malloc(size_t n) { return pool_take(n); }
void free(void *p) {
  if (p) core_count(p);
}
#else
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
int main(void) {
  free(malloc(100));
  free(__libc_malloc(100));
  puts("done");
}
#endif
