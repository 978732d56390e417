// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives a file another name.
#include "hostile.h"

int misbehave(void) {
  char other[512];
  snprintf(other, sizeof other, "%s.other", file);
  return tried(rename(file, other) == 0);
}
