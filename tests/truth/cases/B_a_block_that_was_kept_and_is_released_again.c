// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool keeps a block of libc's: a crossing. That the program then gives it to libc as well does not undo it.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// policies: report
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) { return malloc(100); }
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void *library_get(void), library_put(void *);
int main(void) {
  library_put(library_get());
  void *p = malloc(50);
  library_put(p);
  free(p);
  puts("done");
}
#endif
