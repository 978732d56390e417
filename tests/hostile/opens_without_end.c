// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens the same file until it may not.
#include "hostile.h"

int misbehave(void) {
  int count = 0;
  while (count < 4096 && open("/dev/null", O_RDONLY) >= 0) ++count;
  return tried(count > 64);
}
