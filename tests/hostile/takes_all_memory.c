// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes private memory, and uses it, without end.
#include "hostile.h"

static int enough = 64;

int misbehave(void) {
  for (;;) {
    char *block = mmap(NULL, kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, kBlock);
    if (--enough == 0) return kDone;
  }
}
