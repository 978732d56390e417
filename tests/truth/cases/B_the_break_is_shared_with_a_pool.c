// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library takes memory with sbrk between libc's own; the break shrinks and grows.
//
// build: libpool.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -L. -Wl,--no-as-needed -ldl
// truth: clean
#ifdef LIBRARY
#include <stddef.h>
#include <unistd.h>
static char *next, *end;
void *malloc(size_t n) {
  n = (n + 31) & ~(size_t)15;
  if (!next || next + n > end) {
    next = sbrk(10000);
    next = (char *)(((unsigned long)next + 15) & ~15ul);
    end = next + 9000;
  }
  char *p = next;
  next += n;
  return p;
}
static volatile int released;
void free(void *p) { ++released; }
void *pool_get(size_t n) { return malloc(n); }
void pool_put(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  void *(*get)(size_t) = (void *(*)(size_t))dlsym(library, "pool_get");
  void (*put)(void *) = (void (*)(void *))dlsym(library, "pool_put");
  for (int i = 0; i < 50; ++i) {
    void *a = get(700), *b = malloc(60000), *c = get(5000), *d = malloc(100);
    put(a);
    free(b);
    put(c);
    free(d);
    malloc_trim(0);
  }
  puts("done");
}
#endif
