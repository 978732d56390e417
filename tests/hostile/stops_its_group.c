// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Stops its whole process group.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 3; ++i)
    if (fork() == 0)
      for (;;) pause();
  return tried(kill(0, SIGSTOP) == 0);
}
