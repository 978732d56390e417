// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes children of its parent instead of its own.
#include "hostile.h"

#include <sched.h>

int misbehave(void) {
  for (int i = 0; i < 3; ++i)
    if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0)
      for (;;) pause();
  return 5;
}
