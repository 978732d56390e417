// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator in a static array is given a block of libc's.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=3
// prints: done
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *__libc_malloc(size_t);
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
static volatile int count;
__attribute__((noinline)) void free(void *p) { ++count; }
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(10));
  for (int i = 0; i < 3; ++i) free(__libc_malloc(100));
  puts("done");
}
