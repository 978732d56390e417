// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator that maps by the system call is given blocks of libc's to free, to resize and to measure.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=2
// truth: XH202 realloc owner=libc.so.6:glibc releaser=program
// truth: XH203 malloc_usable_size owner=libc.so.6:glibc releaser=program
// prints: done
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_SYSCALL
#include "truth/include/own.h"
__attribute__((noinline)) size_t malloc_usable_size(void *p) { return pool_size(p); }
int main(void) {
  void *p = malloc(10);
  for (int i = 0; i < 10; ++i) free(malloc(10));
  for (int i = 0; i < 2; ++i) free(__libc_malloc(10));
  p = realloc(__libc_malloc(20), 40);
  volatile size_t n = malloc_usable_size(__libc_malloc(10));
  puts("done");
}
