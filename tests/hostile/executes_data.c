// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Jumps to memory that is no code.
#include "hostile.h"

int misbehave(void) {
  static unsigned char code[] = {0xc3};
  void (*volatile entry)(void) = (void (*)(void))(unsigned long)code;
  entry();
  return kDone;
}
