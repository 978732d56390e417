// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same crossing ninety thousand times from three places: counted exactly.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=90000
// prints: done
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int main(void) {
  free(malloc(10));
  for (int i = 0; i < 30000; ++i) {
    free(__libc_malloc(16));
    free(__libc_malloc(24));
    free(__libc_malloc(3000));
  }
  puts("done");
}
