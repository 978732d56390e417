// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library in a link namespace of its own hands out what its libc allocated; the first libc is given it.
//
// build: libplain.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -ldl
// truth: XH201 free owner=libc.so.6:glibc releaser=libc.so.6:glibc count=5
// policies: route
// alone: any
// prints: done
#ifdef LIBRARY
#include <stdlib.h>
void *plain_get(void) { return malloc(200000); }
void plain_put(void *p) { free(p); }
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlmopen(LM_ID_NEWLM, "./libplain.so", RTLD_NOW);
  void *(*get)(void) = (void *(*)(void))dlsym(library, "plain_get");
  void (*put)(void *) = (void (*)(void *))dlsym(library, "plain_put");
  put(get());
  for (int i = 0; i < 3; ++i) free(get());
  for (int i = 0; i < 2; ++i) put(malloc(300000));
  puts("done");
}
#endif
