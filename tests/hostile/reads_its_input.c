// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads its standard input.
#include "hostile.h"

int misbehave(void) {
  char byte;
  return tried(read(0, &byte, 1) > 0);
}
