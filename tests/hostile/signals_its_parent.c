// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ends the process that started it.
#include "hostile.h"

int misbehave(void) {
  kill(getppid(), SIGKILL);
  usleep(20000);
  return kRefused;
}
