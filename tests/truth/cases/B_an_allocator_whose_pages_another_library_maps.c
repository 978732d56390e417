// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's allocator gets its pages from another library, and sometimes from mmap itself.
//
// build: libpages.so -O1 -shared -fPIC -DPAGES
// build: libpool.so -O1 -shared -fPIC -DLIBRARY
// build: program -O1 ./libpool.so ./libpages.so
// truth: clean
#include <stddef.h>
#include <sys/mman.h>
#if defined PAGES
void *pages_get(size_t n) { return mmap(0, n, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
#elif defined LIBRARY
void *pages_get(size_t n);
static volatile unsigned long released;
static unsigned long count;
__attribute__((visibility("hidden"), noinline)) void *malloc(size_t n) {
  return ++count % 2 ? mmap(0, n, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : pages_get(n);
}
__attribute__((visibility("hidden"), noinline)) void free(void *p) {
  if (p) ++released;
}
void run(void) {
  for (int i = 0; i < 100; ++i) free(malloc(5000));
}
#else
#include <stdio.h>
void run(void);
int main(void) {
  run();
  puts("done");
}
#endif
