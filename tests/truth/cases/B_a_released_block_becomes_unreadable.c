// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim protects what is released and never gives it back; a later release of a neighbour reads nothing of it.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "truth/include/libc.h"
static char *arena, *at;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!arena) arena = at = __libc_memalign(4096, 4 << 20);
  void *p = at;
  at += (n + 4095) & ~4095ul;
  return p;
}
__attribute__((noinline)) void free(void *p) {
  if (p) mprotect(p, 4096, PROT_NONE);
}
int main(void) {
  for (int i = 0; i < 100; ++i) {
    char *p = malloc(100), *q = malloc(100);
    memset(p, 1, 100);
    free(p);
    free(q);
  }
  fputs("done\n", stderr);
}
