// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks of a library that has mimalloc's functions and no malloc are resized and released by libc's. The owner is
// asked by its plain functions: its mi_reallocf, which comes first in the file, releases a block for which there is no
// room.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -ldl
// policies: route
// truth: XH202 realloc owner=libpool.so releaser=libc.so.6:glibc count=any routed=any
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc count=any routed=any
// prints: 1 some text
// prints: 0 some text
// prints: released 2
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include <stdint.h>
#include <stdlib.h>
#include "truth/include/pool.h"
int released;
void mi_free_size(void *, size_t);
void *mi_malloc(size_t), *mi_realloc(void *, size_t);
void *mi_reallocf(void *p, size_t n) {
  void *fresh = mi_realloc(p, n);
  if (!fresh) ++released;
  return fresh;
}
void *mi_new(size_t n) {
  if (n > POOL_BYTES / 2) abort();
  return pool_take(n);
}
void *mi_zalloc(size_t n) { return n > POOL_BYTES / 2 ? 0 : pool_take(n); }
void mi_cfree(void *p) {
  if (p) released += 100;
}
void *mi_rezalloc(void *p, size_t n) { return p || n ? 0 : p; }
void *mi_realloc(void *p, size_t n) {
  if (n > POOL_BYTES / 2) return 0;
  void *fresh = pool_take(n);
  if (p) memcpy(fresh, p, pool_size(p) < n ? pool_size(p) : n);
  if (p) ++released;
  return fresh;
}
void *mi_malloc(size_t n) { return n > POOL_BYTES / 2 ? 0 : pool_take(n); }
void mi_free(void *p) {
  if (p) ++released;
}
size_t mi_usable_size(const void *p) { return p ? pool_size(p) : 0; }
void mi_free_size(void *p, size_t n) { mi_free(n ? p : 0); }
#else
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  int *released = dlsym(library, "released");
  volatile size_t huge = PTRDIFF_MAX;
  char *p = ((void *(*)(size_t))dlsym(library, "mi_malloc"))(40);
  strcpy(p, "some text");
  p = realloc(p, 100);
  printf("%d %s\n", *released, p);
  char *larger = realloc(p, huge);
  printf("%d %s\n", larger != 0, p);
  free(p);
  printf("released %d\n", *released);
}
#endif
