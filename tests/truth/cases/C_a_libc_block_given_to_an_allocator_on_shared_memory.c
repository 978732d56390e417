// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator on shmat's memory is given a block of libc's.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=2
// prints: done
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_SHM
#include "truth/include/own.h"
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(10));
  for (int i = 0; i < 2; ++i) free(__libc_malloc(10));
  puts("done");
}
