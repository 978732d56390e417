// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc and free of a library are IFUNCs, resolved when it is opened.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -ldl
// truth: clean
// limit: IFUNC entries are not watched, and named
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static void *take(size_t n) { return pool_take(n); }
static volatile int released;
static void give(void *p) { ++released; }
static void *(*resolve_malloc(void))(size_t) { return take; }
static void (*resolve_free(void))(void *) { return give; }
void *malloc(size_t) __attribute__((ifunc("resolve_malloc")));
void free(void *) __attribute__((ifunc("resolve_free")));
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("./libown.so", RTLD_NOW | RTLD_LOCAL);
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "malloc");
  void (*give)(void *) = (void (*)(void *))dlsym(library, "free");
  for (int i = 0; i < 20; ++i) give(take(10));
  free(malloc(10));
  puts("done");
}
#endif
