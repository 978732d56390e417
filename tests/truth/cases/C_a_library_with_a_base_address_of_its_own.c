// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library linked to begin at 0x5000000000, as prelink made them, is watched as any other.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden -Wl,-Ttext-segment=0x5000000000
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// prints: done
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void *library_get(void);
void library_put(void *);
int main(void) {
  library_put(malloc(20));
  free(library_get());
  puts("done");
}
#endif
