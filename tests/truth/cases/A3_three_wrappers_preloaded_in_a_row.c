// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Three preloaded wrappers, each of which finds the next one in its constructor or at the first call, count what
// passes.
//
// build: liba.so -DLIBRARY -DEAGER '-DNAME="a"' -shared -fPIC -O2
// build: libb.so -DLIBRARY '-DNAME="b"' -shared -fPIC -O2
// build: libc3.so -DLIBRARY -DHEADER '-DNAME="c"' -shared -fPIC -O2
// build: program -O1
// run: env LD_PRELOAD=./liba.so:./libb.so:./libc3.so ./program
// truth: clean
#ifdef LIBRARY
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void *(*next_malloc)(size_t);
static void (*next_free)(void *);
static void *(*next_realloc)(void *, size_t);
static char early[8192];
static size_t early_used;
static int finding;
static unsigned long taken, given;
#ifdef HEADER
#define BEFORE 32
#else
#define BEFORE 0
#endif
static void find(void) {
  if (next_malloc || finding) return;
  finding = 1;
  void *(*m)(size_t) = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  next_malloc = m;
  finding = 0;
}
#ifdef EAGER
__attribute__((constructor)) static void begin(void) { find(); }
#endif
void *malloc(size_t n) {
  find();
  if (!next_malloc) return early + (early_used += (n + 15) & ~15ul) - ((n + 15) & ~15ul);
  ++taken;
  char *p = next_malloc(n + BEFORE);
  if (p && BEFORE) *(size_t *)p = n;
  return p ? p + BEFORE : 0;
}
void *calloc(size_t n, size_t m) {
  void *p = malloc(n * m);
  return p ? memset(p, 0, n * m) : 0;
}
void free(void *p) {
  if (!p || ((char *)p >= early && (char *)p < early + sizeof early)) return;
  find();
  ++given;
  next_free((char *)p - BEFORE);
}
void *realloc(void *p, size_t n) {
  if (!p) return malloc(n);
  if (!BEFORE) {
    find();
    return next_realloc(p, n);
  }
  void *q = malloc(n);
  size_t old = *(size_t *)((char *)p - BEFORE);
  memcpy(q, p, old < n ? old : n);
  free(p);
  return q;
}
__attribute__((destructor)) static void end(void) {
  char line[80];
  int length = snprintf(line, sizeof line, "%s %lu %lu\n", NAME, taken, given);
  write(2, line, (size_t)length);
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  for (int i = 0; i < 200; ++i) {
    char *p = malloc(i);
    p = realloc(p, i * 3 + 1);
    free(strdup("text"));
    free(calloc(3, 5));
    free(p);
  }
  puts("done");
}
#endif
