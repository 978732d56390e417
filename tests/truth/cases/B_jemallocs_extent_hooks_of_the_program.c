// SPDX-License-Identifier: MIT OR Apache-2.0
//
// jemalloc gets its memory by a function of the program, which calls mmap.
//
// build: program -O1 -l:libjemalloc.so.2
// needs: libjemalloc.so.2
// truth: clean
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
typedef struct extent_hooks_s extent_hooks_t;
struct extent_hooks_s {
  void *(*alloc)(extent_hooks_t *, void *, size_t, size_t, bool *, bool *, unsigned);
  bool (*dalloc)(extent_hooks_t *, void *, size_t, bool, unsigned);
  void (*destroy)(extent_hooks_t *, void *, size_t, bool, unsigned);
  void *rest[6];
};
int mallctl(const char *, void *, size_t *, void *, size_t);
void *mallocx(size_t, int);
void dallocx(void *, int);
static void *own_alloc(extent_hooks_t *h, void *want, size_t size, size_t alignment, bool *zero, bool *commit,
                       unsigned a) {
  if (want) return 0;
  char *p = mmap(0, size + alignment, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *zero = *commit = true;
  return (void *)(((unsigned long)p + alignment - 1) & ~(alignment - 1));
}
static extent_hooks_t hooks = {own_alloc};
int main(void) {
  unsigned arena;
  size_t size = sizeof arena;
  extent_hooks_t *use = &hooks;
  if (mallctl("arenas.create", &arena, &size, &use, sizeof use)) return 1;
  int flags = (int)((arena + 1) << 20) | (1 << 8);
  for (int i = 0; i < 100; ++i) {
    void *p = mallocx(100 + i * 100, flags);
    if (i % 2)
      free(p);
    else
      dallocx(p, flags);
  }
  puts("done");
}
