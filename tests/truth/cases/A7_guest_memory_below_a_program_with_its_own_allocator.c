// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An emulator at a fixed address, with an allocator of its own, maps all that lies below it for its guest with
// MAP_FIXED and writes there.
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
  char *guest = mmap((void *)0x10000, 0x3f0000, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  if (guest != (char *)0x10000) return 1;
  memset(guest, 0xcc, 0x3f0000);
  for (int i = 0; i < 100; ++i) free(malloc(20));
  fputs("done\n", stdout);
}
