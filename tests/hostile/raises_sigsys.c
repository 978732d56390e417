// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ends itself by the signal by which a filter of the kernel ends processes.
#include "hostile.h"

int misbehave(void) {
  raise(SIGSYS);
  return kDone;
}
