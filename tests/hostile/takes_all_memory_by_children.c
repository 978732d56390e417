// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has many children, each of which takes a little memory.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 40; ++i)
    if (fork() == 0) {
      char *block = mmap(NULL, kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (block != MAP_FAILED) memset(block, 1, kBlock);
      for (;;) pause();
    }
  sleep(2);
  return kDone;
}
