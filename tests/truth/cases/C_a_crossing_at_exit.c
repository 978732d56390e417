// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An exit handler and a destructor release what another allocator handed out, when the loader says goodbye.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc count=2
// policies: route
// alone: any
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
#else
#include <stdio.h>
#include <stdlib.h>
void *library_get(void);
static void *first, *second;
static void at_end(void) { free(first); }
__attribute__((destructor)) static void last(void) { free(second); }
int main(void) {
  first = library_get();
  second = library_get();
  atexit(at_end);
  puts("done");
}
#endif
