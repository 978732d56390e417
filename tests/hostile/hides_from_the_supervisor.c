// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Says that nobody may look at it, and takes all memory.
#include "hostile.h"

int misbehave(void) {
  prctl(PR_SET_DUMPABLE, 0);
  for (int i = 0; i < 128; ++i) {
    char *block = mmap(NULL, kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, kBlock);
  }
  return kDone;
}
