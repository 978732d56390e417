// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator that aborts on a block that is not its own: the finding is told although the call never returns.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// alone: 134
// prints: done
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) abort();
}
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  puts("done");
}
