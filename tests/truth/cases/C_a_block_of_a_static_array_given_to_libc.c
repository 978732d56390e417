// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from a library's static array is given to libc's free; its owner is that library.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#ifdef LIBRARY
#include <stddef.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *malloc(size_t n) { return pool_take(n); }
static volatile int count;
void free(void *p) { ++count; }
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
#else
#include <stdio.h>
#include <stdlib.h>
void *library_get(void);
int main(void) {
  free(malloc(10));
  free(library_get());
  puts("done");
}
#endif
