// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of scalable_malloc that libc's free is given, and one of libc's to scalable_free.
//
// needs: libtbbmalloc.so.2
// build: program -O1 -ldl
// truth: XH201 free owner=libtbbmalloc.so.2:tbbmalloc releaser=libc.so.6:glibc
// prints: done
// policies: route
// alone: any
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("libtbbmalloc.so.2", RTLD_NOW);
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "scalable_malloc");
  void (*give)(void *) = (void (*)(void *))dlsym(library, "scalable_free");
  for (int i = 0; i < 10; ++i) give(take(100));
  free(take(50));
  puts("done");
}
