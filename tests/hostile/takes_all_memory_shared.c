// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes memory that it shares with nobody, which no limit of a process counts.
#include "hostile.h"

static int enough = 64;

int misbehave(void) {
  for (;;) {
    char *block = mmap(NULL, kBlock, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, kBlock);
    if (--enough == 0) return kDone;
  }
}
