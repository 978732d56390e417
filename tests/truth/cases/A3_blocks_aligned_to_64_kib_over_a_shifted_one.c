// SPDX-License-Identifier: MIT OR Apache-2.0
//
// aligned_alloc of a shim asks libc for more and hands out an address far inside; free finds the begin in a table.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static struct { void *block, *raw; } table[64];
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void *aligned_alloc(size_t alignment, size_t n) {
  char *raw = __libc_malloc(n + alignment);
  char *block = (char *)(((unsigned long)raw + alignment) & ~(alignment - 1));
  for (int i = 0; i < 64; ++i)
    if (!table[i].block) {
      table[i].block = block;
      table[i].raw = raw;
      break;
    }
  return block;
}
__attribute__((noinline)) void free(void *p) {
  for (int i = 0; i < 64; ++i)
    if (p && table[i].block == p) {
      table[i].block = 0;
      __libc_free(table[i].raw);
      return;
    }
  __libc_free(p);
}
int main(void) {
  unsigned long wrong = 0;
  for (int i = 0; i < 50; ++i) {
    void *p = aligned_alloc(65536, 1000), *q = aligned_alloc(256, 100);
    wrong += (unsigned long)p % 65536 + (unsigned long)q % 256;
    free(malloc(300));
    free(p);
    free(q);
  }
  printf("%lu\n", wrong);
}
