// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same allocator in four link namespaces, each with its own libc; each block goes back where it came from, but one.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: XH201 free owner=libown.so releaser=libown.so
// truth: maybe XH302 owner=libown.so
// prints: done
#define _GNU_SOURCE
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/libc.h"
#include "truth/include/own.h"
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
void lib_libc(void) { __libc_free(__libc_malloc(3000)); }
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *(*take[4])(size_t);
  void (*give[4])(void *);
  void *l[4];
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 4; ++i) {
      l[i] = dlmopen(LM_ID_NEWLM, "./libown.so", RTLD_NOW);
      if (!l[i]) return puts(dlerror()), 1;
      take[i] = dlsym(l[i], "lib_take");
      give[i] = dlsym(l[i], "lib_give");
      ((void (*)(void))dlsym(l[i], "lib_libc"))();
    }
    for (int i = 0; i < 4; ++i) give[i](take[i](10));
    if (round == 0) give[1](take[2](10));
    for (int i = 0; i < 4; ++i) dlclose(l[i]);
  }
  puts("done");
}
#endif
