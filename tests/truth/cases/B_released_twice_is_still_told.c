// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The second release of a block of a library's own allocator, which only counts, is true.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: XH208 free releaser=libown.so detail="released twice" at=sites,stacks
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
#else
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  free(malloc(10));
  void *p = malloc(30);
  free(p);
  free(p);
  puts("done");
}
#endif
