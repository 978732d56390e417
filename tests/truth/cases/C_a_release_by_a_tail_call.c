// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's function ends in a jump to free: the finding names that library, not its caller, or says what is not
// known.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: librelease.so -DRELEASE -shared -fPIC -O2
// build: program -O1 -L. -lrelease -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// never: free in program is bound
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
#elif defined RELEASE
#include <stdlib.h>
void release_it(void *p) { free(p); }
#else
#include <stdio.h>
void *library_get(void);
void release_it(void *);
int main(void) {
  release_it(library_get());
  puts("done");
}
#endif
