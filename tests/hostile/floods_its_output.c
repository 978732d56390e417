// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Prints for ever.
#include "hostile.h"

int misbehave(void) {
  static char block[65536];
  memset(block, 'x', sizeof block);
  while (write(1, block, sizeof block) > 0) continue;
  return kDone;
}
