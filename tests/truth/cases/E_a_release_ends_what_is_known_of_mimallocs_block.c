// SPDX-License-Identifier: MIT OR Apache-2.0
//
// At depth auto a block of an allocator that has functions which nobody watches is shown with its own allocation, or
// with none: never with that of a block which was released and stood at the same address.
//
// build: program -O1 -rdynamic -l:libmimalloc.so.2
// needs: libmimalloc.so.2
// depths: auto
// policies: route
// truth: XH201 free owner=libmimalloc.so.2:mimalloc releaser=libc.so.6:glibc count=42
// alone: any
// never: makes_and_releases
// report: makes_the_last
// prints: done
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
void *mi_heap_new(void);
void *mi_heap_malloc(void *heap, size_t size);
void mi_free(void *p);
#define STEP __attribute__((noinline, noclone))
static void (*volatile release_in_libc)(void *);
STEP void makes_and_releases(void) {
  void *volatile blocks[64];
  for (int i = 0; i < 64; ++i) blocks[i] = malloc(48);
  for (int i = 0; i < 64; ++i) i % 2 ? free(blocks[i]) : mi_free(blocks[i]);
}
STEP void *makes_the_last(void) {
  void *volatile p = malloc(100);
  return p;
}
int main(void) {
  release_in_libc = (void (*)(void *))dlsym(dlopen("libc.so.6", RTLD_NOW), "free");
  release_in_libc(malloc(8));
  void *heap = mi_heap_new();
  for (int i = 0; i < 40; ++i) {
    makes_and_releases();
    release_in_libc(i % 2 ? malloc(48) : mi_heap_malloc(heap, 48));
  }
  release_in_libc(makes_the_last());
  puts("done");
}
