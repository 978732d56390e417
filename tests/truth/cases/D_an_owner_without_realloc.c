// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An owner that has malloc and free only: a resize by libc is routed by a new block and a copy, or refused with a
// reason.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH202 realloc owner=libpool.so releaser=libc.so.6:glibc routed=any
// policies: route
// alone: any
// prints: text
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
#define KEEP __attribute__((noinline, noclone))
KEEP void *malloc(size_t n) { return pool_take(n); }
static volatile int released;
KEEP void free(void *p) { ++released; }
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return strcpy(malloc(100), "text");
}
__attribute__((visibility("default"))) void library_put(void *p) {
  if (pool_has(p)) free(p);
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *library_get(void);
void library_put(void *);
int main(void) {
  char *p = library_get();
  char *q = realloc(p, 80);
  puts(q ? q : p);
  library_put(q ? q : p);
}
#endif
