// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Closes every descriptor, its result and its output included.
#include "hostile.h"

int misbehave(void) {
  for (int fd = 0; fd < 1024; ++fd) close(fd);
  return 7;
}
