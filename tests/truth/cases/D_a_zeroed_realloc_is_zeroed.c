// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mi_rezalloc and mi_recalloc of libc's blocks: what is new is zero.
//
// needs: libmimalloc.so.2
// build: program -O1 -ldl
// truth: XH202 mi_rezalloc owner=libc.so.6:glibc releaser=libmimalloc.so.2:mimalloc count=20
// truth: XH202 mi_recalloc owner=libc.so.6:glibc releaser=libmimalloc.so.2:mimalloc count=20
// policies: route
// alone: any
// prints: 0
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  void *mimalloc = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  void *(*rezalloc)(void *, size_t) = (void *(*)(void *, size_t))dlsym(mimalloc, "mi_rezalloc");
  void *(*recalloc)(void *, size_t, size_t) = (void *(*)(void *, size_t, size_t))dlsym(mimalloc, "mi_recalloc");
  unsigned long wrong = 0;
  for (int i = 0; i < 20; ++i) {
    for (int k = 0; k < 20; ++k) {
      void *dirty = memset(malloc(1000), 0xee, 1000);
      free(dirty);
    }
    char *p = calloc(1, 104);
    memset(p, 7, 104);
    char *q = rezalloc(p, 1000);
    for (int k = 0; k < 104; ++k) wrong += q[k] != 7;
    for (int k = 120; k < 1000; ++k) wrong += q[k] != 0;
    free(q);
    p = calloc(1, 104);
    q = recalloc(p, 10, 100);
    for (int k = 0; k < 1000; ++k) wrong += q[k] != 0;
    free(q);
  }
  printf("%lu\n", wrong);
}
