// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends itself the signal that nobody can handle.
#include "hostile.h"

int misbehave(void) {
  kill(getpid(), SIGKILL);
  return kDone;
}
