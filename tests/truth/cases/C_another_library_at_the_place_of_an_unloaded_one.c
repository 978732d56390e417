// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library with a static pool is closed and another one is opened at its place: blocks there are the new one's.
//
// build: libfirst.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: libsecond.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -ldl
// truth: XH201 free owner=libsecond.so releaser=libc.so.6:glibc
// alone: any
// policies: report abort
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  void *p = malloc(100);
  free(p);
  return p;
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *places[2];
  const char *names[] = {"./libfirst.so", "./libsecond.so"};
  void *block = 0;
  for (int i = 0; i < 2; ++i) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    places[i] = dlsym(library, "library_get");
    block = ((void *(*)(void))places[i])();
    if (i == 0) dlclose(library);
  }
  if (places[0] != places[1]) puts("other places");
  free(block);
}
#endif
