// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Becomes the reaper of its grandchildren, which then are not the supervisor's to find.
#include "hostile.h"

int misbehave(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (fork() == 0) {
    if (fork() == 0)
      for (;;) pause();
    _exit(0);
  }
  return 5;
}
