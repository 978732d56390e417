// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Locks memory, of which its user may lock only so much.
#include "hostile.h"

int misbehave(void) {
  static char block[16 << 20];
  return tried(mlock(block, sizeof block) == 0);
}
