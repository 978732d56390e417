// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program calls, by its address, a library's function that ends in a jump to free: who is bound to free is not known,
// and the report does not say that it is the program.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: librelease.so -DRELEASE -shared -fPIC -O2
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN -ldl
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// never: free in program is bound
// report: called an address
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
#elif defined RELEASE
#include <stdlib.h>
void release_it(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
void *library_get(void);
int main(void) {
  void (*release)(void *) = (void (*)(void *))dlsym(dlopen("./librelease.so", RTLD_NOW), "release_it");
  release(library_get());
  puts("done");
}
#endif
