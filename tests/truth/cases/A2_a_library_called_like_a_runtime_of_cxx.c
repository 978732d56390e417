// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library whose file is called libstdc++.so.fast has a pool of its own: crossings into it are told.
//
// build: libstdc++.so.fast -O1 -shared -fPIC -DLIBRARY
// build: program -O1 ./libstdc++.so.fast
// truth: XH201 free owner=libc.so.6:glibc releaser=libstdc++.so.fast count=5
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#define OWN __attribute__((visibility("hidden")))
#include "truth/include/own.h"
void run(void *p) {
  free(malloc(10));
  free(p);
}
#else
#include <stdio.h>
#include <stdlib.h>
void run(void *);
int main(void) {
  for (int i = 0; i < 5; ++i) run(malloc(10));
  puts("done");
}
#endif
