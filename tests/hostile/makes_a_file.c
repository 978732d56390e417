// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a file in a folder of its user.
#include "hostile.h"

int misbehave(void) {
  char other[512];
  snprintf(other, sizeof other, "%s.new", file);
  return tried(open(other, O_WRONLY | O_CREAT, 0600) >= 0);
}
