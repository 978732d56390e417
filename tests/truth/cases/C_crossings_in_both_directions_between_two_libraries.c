// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two libraries with allocators of their own and libc: each of the six crossings, told with the right names.
//
// build: libone.so -DLIBRARY=one -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: libtwo.so -DLIBRARY=two -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lone -ltwo -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libone.so releaser=libtwo.so count=2
// truth: XH201 free owner=libtwo.so releaser=libone.so count=3
// truth: XH201 free owner=libone.so releaser=libc.so.6:glibc count=4
// truth: XH201 free owner=libtwo.so releaser=libc.so.6:glibc count=5
// truth: XH201 free owner=libc.so.6:glibc releaser=libone.so count=6
// truth: XH201 free owner=libc.so.6:glibc releaser=libtwo.so count=7
// policies: route
// prints: done
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
__attribute__((visibility("default"))) void *NAME(get_, LIBRARY)(void) { return malloc(50); }
__attribute__((visibility("default"))) void NAME(put_, LIBRARY)(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void *get_one(void), *get_two(void);
void put_one(void *), put_two(void *);
int main(void) {
  put_one(get_one());
  put_two(get_two());
  for (int i = 0; i < 2; ++i) put_two(get_one());
  for (int i = 0; i < 3; ++i) put_one(get_two());
  for (int i = 0; i < 4; ++i) free(get_one());
  for (int i = 0; i < 5; ++i) free(get_two());
  for (int i = 0; i < 6; ++i) put_one(malloc(10));
  for (int i = 0; i < 7; ++i) put_two(malloc(10));
  puts("done");
}
#endif
