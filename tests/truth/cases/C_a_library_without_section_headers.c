// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator in a library whose section headers were cut off.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// clang-format off
// prepare: python3 -c "b=bytearray(open('libown.so','rb').read());b[40:48]=bytes(8);b[58:64]=bytes(6);open('libown.so','wb').write(b)"
// clang-format on
// truth: XH201 free owner=libown.so releaser=libc.so.6:glibc
// prints: done
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#define lib_take ((void *(*)(size_t))take)
#define lib_give ((void (*)(void *))give)
int main(void) {
  void *library = dlopen("./libown.so", RTLD_NOW);
  void *take = dlsym(library, "lib_take"), *give = dlsym(library, "lib_give");
  lib_give(lib_take(10));
  free(lib_take(10));
  puts("done");
}
#endif
