// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program at a fixed address maps guest memory with MAP_FIXED from 16 MiB behind itself to 1 GiB.
//
// build: program -O1 -no-pie
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int main(void) {
  for (unsigned long at = 0x2000000; at < 0x40000000; at += 0x400000) {
    // The break of a program at a fixed address begins at a random place behind it; nothing here uses it.
    char *p = mmap((void *)at, 0x400000, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (p != (char *)at) return 1;
    p[0] = p[0x3fffff] = (char)0xcc;
  }
  for (int i = 0; i < 100; ++i) free(malloc(20));
  fputs("done\n", stdout);
}
