// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library whose only segment is readable, writable and executable, and holds no headers, is watched.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden -nostdlib -Wl,-N
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// prints: done
// alone: 0
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void library_put(void *);
int main(void) {
  library_put(malloc(20));
  puts("done");
}
#endif
