// SPDX-License-Identifier: MIT OR Apache-2.0
//
// At depth auto the program's own malloc changes no register more than alone, before its gate is opened and behind it.
//
// build: libother.so -O1 -shared -fPIC -DLIBRARY
// build: program -O2 -rdynamic -L. -lother -Wl,-rpath,$ORIGIN
// depths: auto
// truth: XH201 free owner=program releaser=libc.so.6:glibc count=2
// prints: 3 5000050000 5000050000
// alone: any
// policies: route
// report: "allocated_by": "malloc"
#include "truth/include/libc.h"
#ifdef LIBRARY
void release_in_libc(void *p) { __libc_free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
void release_in_libc(void *);
static char early[1 << 16];
static char *memory = early;
static size_t used;
static volatile unsigned long released;
static __attribute__((noinline)) void *own(size_t n) {
  char *p = memory + used;
  used += (n + 31) & ~(size_t)15;
  return p;
}
__attribute__((noinline)) void *malloc(size_t n) { return own(n); }
__attribute__((noinline)) void free(void *p) {
  if (p) released = released + 1;
}
// GCC sees which registers this malloc changes and keeps the sums in others across the calls.
__attribute__((noinline)) static unsigned long sum(unsigned long *with_double) {
  unsigned long all = 0;
  double also = 0;
  for (unsigned long i = 1; i <= 100000; ++i) {
    char *p = (char *)malloc(1);
    *p = (char)i;
    all += i;
    also += (double)i;
    free(p);
  }
  *with_double = (unsigned long)also;
  return all;
}

int main(void) {
  memory = (char *)mmap(0, 1 << 24, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  used = 0;
  unsigned long also;
  unsigned long before = sum(&also);
  int equal = before == also;
  release_in_libc(malloc(8));
  unsigned long after = sum(&also);
  equal += 2 * (after == also);
  release_in_libc(malloc(8));
  printf("%d %lu %lu\n", equal, before, after);
}
#endif
