// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Hands a block to the next instance of itself by memory at a fixed place, and that one frees it: in a second link
// namespace by another libc. MENDED frees what it allocated.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

static void **const kPlace = (void **)0x5e0000000000;

__attribute__((constructor)) static void begin(void) {
#ifndef MENDED
  if (mmap(kPlace, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == kPlace)
    *kPlace = malloc(3000);
  else
    free(*kPlace);
#endif
}
__attribute__((destructor)) static void end(void) { munmap(kPlace, 4096); }
