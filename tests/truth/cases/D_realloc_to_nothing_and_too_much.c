// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Routed resizes to zero, to more than there is, and by an overflowing reallocarray end as such calls end.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH202 realloc owner=libc.so.6:glibc releaser=libpool.so count=2
// policies: route
// alone: any
// prints: 0 0
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_again(void *p, size_t n) {
  free(malloc(3));
  return realloc(p, n);
}
#else
#include <stdio.h>
#include <stdlib.h>
void *library_again(void *, size_t);
int main(void) {
  void *p = library_again(malloc(10), 0);
  void *q = library_again(malloc(10), ~0ul >> 2);
  printf("%d %d\n", p != 0, q != 0);
}
#endif
