// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for a child that neither ends nor executes anything.
#include "hostile.h"

int misbehave(void) {
  if (syscall(SYS_vfork) == 0)
    for (;;) pause();
  return kDone;
}
