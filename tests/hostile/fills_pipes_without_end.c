// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Fills pipes, whose memory counts as nobody's, until it may not.
#include "hostile.h"

int misbehave(void) {
  static char bytes[1 << 16];
  int ends[2];
  while (pipe2(ends, O_NONBLOCK) == 0)
    while (write(ends[1], bytes, sizeof bytes) > 0) continue;
  return kRefused;
}
