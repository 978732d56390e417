// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a FIFO in a folder of its user.
#include "hostile.h"

int misbehave(void) {
  char other[512];
  snprintf(other, sizeof other, "%s.fifo", file);
  return tried(mkfifo(other, 0600) == 0);
}
