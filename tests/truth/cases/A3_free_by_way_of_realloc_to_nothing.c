// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim releases by libc's realloc to zero bytes, and resizes by its own malloc, memcpy and free.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
__attribute__((noinline)) void *malloc(size_t n) { return __libc_realloc(0, n ? n : 1); }
__attribute__((noinline)) void free(void *p) {
  if (p) __libc_realloc(p, 0);
}
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  void *q = malloc(n);
  if (p) memcpy(q, p, 10);
  free(p);
  return q;
}
int main(void) {
  for (int i = 0; i < 50; ++i) {
    free(malloc(100));
    free(realloc(malloc(10), 200));
  }
  puts("done");
}
