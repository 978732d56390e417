// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Debian's mimalloc, opened beside libc: a block of libc's to mi_free, and one of its own to libc, are crossings.
//
// needs: libmimalloc.so.2
// build: program -O1 -ldl
// truth: XH201 free owner=libmimalloc.so.2:mimalloc releaser=libc.so.6:glibc
// policies: route
// prints: done
// alone: any
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *mimalloc = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(mimalloc, "mi_malloc");
  void (*give)(void *) = (void (*)(void *))dlsym(mimalloc, "mi_free");
  for (int i = 0; i < 10; ++i) give(take(100));
  free(take(100));
  puts("done");
}
