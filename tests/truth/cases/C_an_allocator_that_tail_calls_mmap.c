// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator's pages come from a function that ends in a jump to mmap: they are the allocator's.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O2 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#ifdef LIBRARY
#include <stddef.h>
#include <sys/mman.h>
#define KEEP __attribute__((noinline, noclone))
KEEP static void *pages(size_t n) { return mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
KEEP void *malloc(size_t n) { return n > 4096 ? pages(n) : pages(8192); }
static volatile int released;
KEEP void free(void *p) { ++released; }
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return (char *)malloc(100) + 16;
}
#else
#include <stdio.h>
#include <stdlib.h>
void *library_get(void);
int main(void) {
  free(malloc(10));
  free(library_get());
  puts("done");
}
#endif
