// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends garbage over the result descriptor for ever.
#include "hostile.h"

int misbehave(void) {
  static char block[65536];
  memset(block, 0xa5, sizeof block);
  while (write(3, block, sizeof block) > 0) continue;
  return kDone;
}
