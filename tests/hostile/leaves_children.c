// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ends, and leaves children that hold its pipes open and ignore SIGTERM.
#include "hostile.h"

int misbehave(void) {
  signal(SIGTERM, SIG_IGN);
  for (int i = 0; i < 3; ++i)
    if (fork() == 0)
      for (;;) pause();
  return 5;
}
