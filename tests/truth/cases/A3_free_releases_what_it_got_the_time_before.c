// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Own free gives libc the block of the call before, and keeps this one; malloc hands out libc's.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
static void *last;
static unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void *calloc(size_t n, size_t m) { return __libc_calloc(n, m); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  void *before = last;
  last = p;
  ++released;
  if (before) __libc_free(before);
}
int main(void) {
  for (int i = 0; i < 2000; ++i) {
    char *p = malloc(100);
    memset(p, i, 100);
    free(p);
    free(strdup("text"));
  }
  printf("%lu\n", released);
}
