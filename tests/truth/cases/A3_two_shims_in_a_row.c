// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two preloaded shims, one behind the other, each with a header, in front of libc.
//
// build: libouter.so -DLIBRARY=32 -O1 -shared -fPIC -ldl
// build: libinner.so -DLIBRARY=64 -O1 -shared -fPIC -ldl
// build: program -O1
// run: env LD_PRELOAD=./libouter.so:./libinner.so ./program
// truth: clean
#ifdef LIBRARY
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
static char early[65536];
static size_t early_used;
static void *(*next_malloc)(size_t);
static void (*next_free)(void *);
static int finding;
void *malloc(size_t n) {
  if (!next_malloc && !finding) {
    finding = 1;
    next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  }
  if (!next_malloc) {
    char *p = early + early_used;
    early_used += (n + 31) & ~(size_t)15;
    return p;
  }
  char *p = next_malloc(n + LIBRARY);
  *(size_t *)p = n;
  return p + LIBRARY;
}
void free(void *p) {
  if (!p || ((char *)p >= early && (char *)p < early + sizeof early)) return;
  next_free((char *)p - LIBRARY);
}
void *calloc(size_t c, size_t n) { return memset(malloc(c * n), 0, c * n); }
void *realloc(void *p, size_t n) {
  char *q = malloc(n);
  if (p && !((char *)p >= early && (char *)p < early + sizeof early)) {
    size_t old = *(size_t *)((char *)p - LIBRARY);
    memcpy(q, p, old < n ? old : n);
    free(p);
  }
  return q;
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  for (int i = 0; i < 100; ++i) {
    char *p = strdup("some text");
    p = realloc(p, 500);
    free(calloc(3, 30));
    free(p);
  }
  puts("done");
}
#endif
