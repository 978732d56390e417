// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc_usable_size of libc's, given a library's block, answers what the owner says.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH203 malloc_usable_size owner=libpool.so releaser=libc.so.6:glibc count=5
// policies: route
// alone: any
// prints: 500
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((noinline)) size_t malloc_usable_size(void *p) { return pool_size(p); }
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(malloc_usable_size(malloc(1))));
  return malloc(100);
}
#else
#include <malloc.h>
#include <stdio.h>
void *library_get(void);
int main(void) {
  unsigned long sum = 0;
  for (int i = 0; i < 5; ++i) sum += malloc_usable_size(library_get());
  printf("%lu\n", sum);
}
#endif
