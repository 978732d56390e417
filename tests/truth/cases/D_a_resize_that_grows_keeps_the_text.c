// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libc's realloc is given a library's block and asked for more: its content comes along, whoever holds it then.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH202 realloc owner=libpool.so releaser=libc.so.6:glibc count=9+
// truth: maybe XH201 free owner=libpool.so releaser=libc.so.6:glibc count=any
// policies: route
// alone: any
// prints: 0
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) {
  free(realloc(malloc(10), 20));
  return malloc(100);
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *library_get(void);
int main(void) {
  int wrong = 0;
  for (int i = 1; i < 10; ++i) {
    char *p = library_get(), expected[100];
    memset(p, i, 100);
    memset(expected, i, 100);
    p = realloc(p, (size_t)i * 1000);
    wrong += memcmp(p, expected, 100) != 0;
    p = realloc(p, 50);
    wrong += memcmp(p, expected, 50) != 0;
    free(p);
  }
  printf("%d\n", wrong);
}
#endif
