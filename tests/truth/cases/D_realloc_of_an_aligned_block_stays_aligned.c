// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mi_realloc_aligned and mi_rezalloc of blocks of a library's: routed, they come back aligned and zeroed.
//
// needs: libmimalloc.so.2
// build: libown.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -ldl -L. -lown -Wl,-rpath,$ORIGIN
// truth: XH202 mi_realloc_aligned owner=libown.so releaser=libmimalloc.so.2:mimalloc count=20
// policies: route
// alone: any
// prints: 0
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#define POOL_BYTES (4 << 20)
#include "truth/include/own.h"
__attribute__((noinline)) void *aligned_alloc(size_t alignment, size_t n) {
  size_t *p = pool_take_aligned(n + alignment, alignment);
  p[alignment / 8 - 2] = n;
  return (char *)p + alignment;
}
__attribute__((visibility("default"))) void *library_get(size_t n) { return malloc(n); }
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
__attribute__((noinline)) size_t malloc_usable_size(void *p) { return pool_size(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
void *library_get(size_t);
void library_put(void *);
int main(void) {
  void *mimalloc = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  void *(*again)(void *, size_t, size_t) = (void *(*)(void *, size_t, size_t))dlsym(mimalloc, "mi_realloc_aligned");
  unsigned long wrong = 0;
  library_put(library_get(10));
  for (int i = 0; i < 20; ++i) {
    char *p = library_get(100);
    memset(p, i, 100);
    char *q = again(p, 500, 256);
    if (!q || (unsigned long)q % 256 || memcmp(q, memset(__builtin_alloca(100), i, 100), 100)) ++wrong;
  }
  printf("%lu\n", wrong);
}
#endif
