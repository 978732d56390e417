// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads the environment, with its secrets, of another process of its user.
#include "hostile.h"

int misbehave(void) {
  char path[64];
  char byte;
  snprintf(path, sizeof path, "/proc/%d/environ", (int)bystander);
  const int fd = open(path, O_RDONLY);
  return tried(fd >= 0 && read(fd, &byte, 1) >= 0);
}
