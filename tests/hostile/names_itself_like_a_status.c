// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes a name that reads like what the kernel says of a process.
#include "hostile.h"

int misbehave(void) {
  prctl(PR_SET_NAME, ") R 0 0\nThreads");
  for (int i = 0; i < 100; ++i) {
    char *const block = malloc(1 << 16);
    if (block != NULL) memset(block, i, 1 << 16);
    usleep(1000);
  }
  return 5;
}
