// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library with a static pool is closed with live blocks in it, which nobody uses again: they outlive their owner.
//
// build: libpool.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: XH302 owner=libpool.so count=7 at=sites,stacks
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int pool_use(void) {
  for (int i = 0; i < 7; ++i) ((char *)malloc(50))[0] = 1;
  for (int i = 0; i < 3; ++i) free(malloc(70));
  return (int)own_released;
}
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  printf("%d\n", ((int (*)(void))dlsym(library, "pool_use"))());
  dlclose(library);
}
#endif
