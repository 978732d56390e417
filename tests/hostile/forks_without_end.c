// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Forks children that fork children.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 9; ++i)
    if (fork() < 0) break;
  for (;;) pause();
}
