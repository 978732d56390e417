// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A piece out of the middle of a slab, which is one block of libc's, is given to libc's free.
//
// build: program -O1
// truth: XH201 free owner=program releaser=libc.so.6:glibc at=sites,stacks
// truth: maybe XH201 free owner=program releaser=libc.so.6:glibc at=ownership
// limit: at depth ownership all of it is libc's memory
// policies: report abort
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static char *slab;
static volatile int released;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!slab) slab = __libc_malloc(100000);
  void *p = slab + 16;
  slab += (n + 47) & ~(size_t)15;
  return p;
}
__attribute__((noinline)) void free(void *p) { released += p != 0; }
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(40));
  __libc_free(malloc(40));
  puts("done");
}
