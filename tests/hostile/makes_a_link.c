// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a symbolic link in a folder of its user.
#include "hostile.h"

int misbehave(void) {
  char other[512];
  snprintf(other, sizeof other, "%s.link", file);
  return tried(symlink(file, other) == 0);
}
