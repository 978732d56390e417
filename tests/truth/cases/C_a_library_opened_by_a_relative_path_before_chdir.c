// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library is opened as ./libpool.so and the program changes its folder: the finding has its name and functions.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -ldl
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// prints: done
// alone: 0
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void library_put(void *p) {
  free(malloc(10));
  free(p);
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  if (chdir("/")) return 1;
  ((void (*)(void *))dlsym(library, "library_put"))(malloc(10));
  puts("done");
}
#endif
