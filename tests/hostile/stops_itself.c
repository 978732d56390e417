// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Stops, and is never continued.
#include "hostile.h"

int misbehave(void) {
  raise(SIGSTOP);
  return kDone;
}
