// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks for a process group of its own, in a child.
#include "hostile.h"

int misbehave(void) {
  if (fork() == 0) {
    setpgid(0, 0);
    for (;;) pause();
  }
  usleep(20000);
  return 5;
}
