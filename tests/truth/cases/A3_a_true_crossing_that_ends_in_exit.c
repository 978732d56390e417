// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator that ends the program by _exit(9) on a block that is not its own: the finding is told.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// alone: 9
// prints: done
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) _exit(9);
}
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  puts("done");
}
