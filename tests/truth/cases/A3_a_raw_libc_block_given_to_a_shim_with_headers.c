// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim puts a header before libc's blocks. A block that libc handed out itself is no block of the shim's.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program at=sites,stacks
// truth: maybe XH201 free owner=libc.so.6:glibc releaser=program at=ownership
// prints: done
// limit: at depth ownership all of it is libc's memory
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *__libc_malloc(size_t);
void __libc_free(void *);
#define MAGIC 0x5ca1ab1e5ca1ab1eul
__attribute__((noinline)) void *malloc(size_t n) {
  unsigned long *h = __libc_malloc(n + 16);
  h[0] = MAGIC;
  h[1] = n;
  return h + 2;
}
unsigned long bad;
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  unsigned long *h = (unsigned long *)p - 2;
  if (h[0] != MAGIC) {
    ++bad;
    return;
  }
  __libc_free(h);
}
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(100));
  char *copy = __libc_malloc(60);
  memset(copy, 1, 60);
  free(copy);
  puts("done");
}
