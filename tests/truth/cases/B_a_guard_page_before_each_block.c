// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim puts each block behind a page of libc's memory that may not be read (as electric fences do).
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "truth/include/libc.h"
static int guards;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!guards) return __libc_malloc(n);
  char *p = __libc_memalign(4096, n + 3 * 4096);
  mprotect(p, 4096, PROT_NONE);
  return p + 4096;
}
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  if (((unsigned long)p & 4095) || !guards) {
    __libc_free(p);
    return;
  }
  char *q = (char *)p - 4096;
  mprotect(q, 4096, PROT_READ | PROT_WRITE);
  __libc_free(q);
}
int main(void) {
  puts("begin");
  guards = 1;
  for (int i = 0; i < 50; ++i) {
    char *p = malloc(100 + (size_t)i);
    memset(p, 1, 100);
    free(p);
  }
  guards = 0;
  puts("done");
}
