// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes where there is no memory.
#include "hostile.h"

int misbehave(void) {
  volatile int *volatile nowhere = NULL;
  *nowhere = 1;  // NOLINT(clang-analyzer-core.NullDereference): that is the misbehaviour
  return kDone;
}
