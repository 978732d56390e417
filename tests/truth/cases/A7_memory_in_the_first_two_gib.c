// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program asks for memory with MAP_32BIT and at fixed low addresses, and gets what it gets alone.
//
// build: program -O1 -no-pie
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
int main(void) {
  int fixed = 0;
  for (unsigned long at = 0x60000000; at < 0x80000000; at += 0x2000000)
    fixed += mmap((void *)at, 0x2000000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE,
                  -1, 0) == (void *)at;
  for (unsigned long at = 0x10000; at < 0x400000; at += 0x10000)
    fixed +=
        mmap((void *)at, 0x10000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == (void *)at;
  int low = 0;
  for (int i = 0; i < 16; ++i)
    low += mmap(0, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0) != MAP_FAILED;
  for (int i = 0; i < 10; ++i) free(malloc(1000));
  printf("%d %d\n", fixed, low);
}
