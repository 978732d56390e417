// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library is only a filter for another one's malloc and free: that one is the releaser.
//
// build: libreal.so -DREAL -shared -fPIC -O2
// build: libfilter.so -DFILT -shared -fPIC -O2 -Wl,-f,./libreal.so
// build: program -O1 -L. -lfilter -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libc.so.6:glibc releaser=libreal.so
// prints: x
#include <stdio.h>
#include <stdlib.h>
#ifdef REAL
static char pool[1 << 20];
static size_t used;
int lib_strangers;
void *malloc(size_t n) {
  char *p = pool + used;
  used += (n + 31) & ~15ul;
  return p;
}
void free(void *p) {
  if (p && ((char *)p < pool || (char *)p > pool + sizeof pool)) lib_strangers++;
}
void *calloc(size_t a, size_t b) { return malloc(a * b); }
void *realloc(void *p, size_t n) { return malloc(n); }
#elif FILT
int lib_strangers;
void *malloc(size_t n) { return 0; }
void free(void *p) {}
void *calloc(size_t a, size_t b) { return 0; }
void *realloc(void *p, size_t n) { return 0; }
#else
void *__libc_malloc(size_t);
int main(void) {
  free(malloc(20));
  free(__libc_malloc(10));
  puts("x");
}
#endif
