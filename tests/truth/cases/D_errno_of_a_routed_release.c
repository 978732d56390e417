// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A routed free leaves errno as free does, and a routed realloc that fails sets it.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so count=10
// truth: XH202 realloc owner=libc.so.6:glibc releaser=libpool.so
// policies: route
// alone: any
// prints: 77 1 1
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
__attribute__((visibility("default"))) void *library_again(void *p, size_t n) { return realloc(p, n); }
#else
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
void library_put(void *);
void *library_again(void *, size_t);
int main(void) {
  errno = 77;
  for (int i = 0; i < 10; ++i) library_put(malloc(i % 2 ? 10 : 1 << 20));
  int kept = errno;
  errno = 0;
  void *q = library_again(malloc(10), ~0ul >> 2);
  printf("%d %d %d\n", kept, q == 0, errno == ENOMEM);
}
#endif
