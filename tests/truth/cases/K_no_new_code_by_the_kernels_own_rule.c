// SPDX-License-Identifier: MIT OR Apache-2.0
//
// PR_SET_MDWE: no memory may become code. Then a library with an allocator is opened, and closed again.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1
// truth: clean
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <sys/prctl.h>
int main(int count, char **words) {
  printf("%d\n", prctl(65, 1, 0, 0, 0));
  for (int i = 0; i < 3; ++i) {
    void *library = dlopen("./libown.so", RTLD_NOW);
    void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "lib_take");
    void (*give)(void *) = (void (*)(void *))dlsym(library, "lib_give");
    for (int k = 0; k < 100; ++k) give(take(10));
    dlclose(library);
  }
  free(malloc(10));
  puts("done");
}
#endif
