// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of libc's that scalable_free is given.
//
// needs: libtbbmalloc.so.2
// build: program -O1 -ldl
// truth: XH201 scalable_free owner=libc.so.6:glibc releaser=libtbbmalloc.so.2:tbbmalloc
// policies: route
// prints: done
// alone: any
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("libtbbmalloc.so.2", RTLD_NOW);
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "scalable_malloc");
  void (*give)(void *) = (void (*)(void *))dlsym(library, "scalable_free");
  for (int i = 0; i < 10; ++i) give(take(100));
  give(malloc(50));
  puts("done");
}
