// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc itself ends in a jump to mmap, called from the program: the pages are the library's, not the program's.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O2
// build: program -O1 -ldl
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
// alone: any
#ifdef LIBRARY
#include <stddef.h>
#include <sys/mman.h>
void *malloc(size_t n) {
  return mmap(0, n + 4096 & ~4095ul, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static volatile int released;
void free(void *p) { ++released; }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "malloc");
  void (*give)(void *) = (void (*)(void *))dlsym(library, "free");
  give(take(100));
  free((char *)take(100) + 16);  // before which the page holds no size, whatever else is mapped
  puts("done");
}
#endif
