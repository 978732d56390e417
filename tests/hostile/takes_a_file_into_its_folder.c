// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives a file of its user a second name in its own folder, and writes.
#include "hostile.h"

int misbehave(void) {
  if (link(file, "mine") != 0) return kRefused;
  const int fd = open("mine", O_WRONLY);
  return tried(fd >= 0 && write(fd, "gone", 4) == 4);
}
