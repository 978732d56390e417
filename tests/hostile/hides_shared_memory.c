// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Uses shared memory, and takes it out of its tables, where it is not counted and yet stays.
#include "hostile.h"

enum { kPage = 4096 };

int misbehave(void) {
  for (int i = 0; i < 24; ++i) {
    char *block = mmap(NULL, kBlock, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, kBlock);
    munmap(block + kPage, kBlock - kPage);
    madvise(block, kPage, MADV_DONTNEED);
  }
  return kDone;
}
