// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim that handed on a hundred times keeps one block for itself and counts it: alone a leak, and no crash.
//
// build: program -O1
// truth: maybe XH201 free owner=libc.so.6:glibc releaser=program
// limit: whether a block that a shim keeps will come home later cannot be known
// alone: 0
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static volatile int kept;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && ((char *)p)[0] == 42)
    ++kept;
  else
    __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 100; ++i) free(calloc(1, 50));
  char *p = malloc(10);
  p[0] = 42;
  free(p);
  int n = kept;
  printf("%d\n", n);
}
