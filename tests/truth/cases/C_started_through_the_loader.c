// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that is started as an argument of ld-linux-x86-64.so.2 is watched, and its crossing told.
//
// build: program -O1
// run: /lib64/ld-linux-x86-64.so.2 ./program
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// prints: done
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  puts("done");
}
