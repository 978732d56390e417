// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a file look old.
#include "hostile.h"

int misbehave(void) {
  const struct timespec old[2] = {{1, 0}, {1, 0}};
  return tried(utimensat(AT_FDCWD, file, old, 0) == 0);
}
