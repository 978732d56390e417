// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's malloc and free hand on to jemalloc, opened with dlopen: jemalloc's blocks are no strangers there.
//
// needs: libjemalloc.so.2
// build: program -O1 -ldl
// run: env GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 ./program
// truth: clean
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
static void *(*je_take)(size_t);
static void (*je_give)(void *);
static char early[65536];
static size_t early_used;
__attribute__((noinline)) void *malloc(size_t n) {
  if (je_take) return je_take(n);
  void *p = early + early_used;
  early_used += (n + 15) & ~(size_t)15;
  return p;
}
__attribute__((noinline)) void *calloc(size_t c, size_t n) { return memset(malloc(c * n), 0, c * n); }
__attribute__((noinline)) void free(void *p) {
  if (!p || ((char *)p >= early && (char *)p < early + sizeof early)) return;
  je_give(p);
}
int main(void) {
  void *library = dlopen("libjemalloc.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (!library) return puts(dlerror()), 1;
  void *give = dlsym(library, "free");
  je_take = (void *(*)(size_t))dlsym(library, "malloc");
  je_give = (void (*)(void *))give;
  for (int i = 0; i < 100; ++i) free(malloc(10 * i));
  free(strdup("text"));
  puts("done");
}
