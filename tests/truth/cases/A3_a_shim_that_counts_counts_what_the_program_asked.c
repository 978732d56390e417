// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim that counts its calls counts what the program asked for, and no call of anybody else's.
//
// build: libshim.so -DSHIM -shared -fPIC -O1 -ldl
// build: program -O1 -L. -lshim -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef SHIM
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
static void *(*next_malloc)(size_t);
static void (*next_free)(void *);
unsigned long shim_mallocs, shim_frees;
void *malloc(size_t n) {
  if (!next_malloc) next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  ++shim_mallocs;
  return next_malloc(n);
}
void free(void *p) {
  if (!next_free) next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  if (p) ++shim_frees;
  next_free(p);
}
#else
#include <stdio.h>
#include <stdlib.h>
extern unsigned long shim_mallocs, shim_frees;
int main(void) {
  unsigned long mallocs = shim_mallocs, frees = shim_frees;
  for (int i = 0; i < 1000; ++i) free(malloc(i));
  mallocs = shim_mallocs - mallocs;
  frees = shim_frees - frees;
  printf("%lu %lu\n", mallocs, frees);
}
#endif
