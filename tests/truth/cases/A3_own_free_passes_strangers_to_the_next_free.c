// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free takes its own blocks and hands every other to the next free in line, found by dlsym.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -ldl
// build: program -O1
// run: env LD_PRELOAD=./libown.so ./program
// truth: clean
#ifdef LIBRARY
#define _GNU_SOURCE
#include <dlfcn.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static void (*next_free)(void *);
void *malloc(size_t n) { return n % 2 ? pool_take(n) : __libc_malloc(n); }
void free(void *p) {
  if (!p || pool_has(p)) return;
  if (!next_free) next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  next_free(p);
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(i));
  free(strdup("odd"));
  free(calloc(1, 10));
  puts("done");
}
#endif
