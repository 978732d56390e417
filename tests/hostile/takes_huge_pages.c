// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes the large pages that the machine keeps for others.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 64; ++i) {
    char *block = mmap(NULL, kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, kBlock);
  }
  return kDone;
}
