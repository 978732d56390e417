// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator that takes its memory with shmat: its block that libc's free is given has that owner.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_SHM
#include "truth/include/own.h"
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
