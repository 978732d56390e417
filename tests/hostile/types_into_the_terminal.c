// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Types a command into the terminal of its user.
#include "hostile.h"

int misbehave(void) {
  const int fd = open(terminal, O_RDONLY | O_NOCTTY);
  return tried(fd >= 0 && ioctl(fd, TIOCSTI, "x") == 0);
}
