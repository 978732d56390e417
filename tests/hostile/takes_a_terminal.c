// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a terminal of its user its own.
#include "hostile.h"

#include <termios.h>

int misbehave(void) {
  const int fd = open(terminal, O_RDONLY | O_NONBLOCK);
  if (fd < 0) return kRefused;
  return tried(tcgetsid(fd) >= 0 || ioctl(fd, TIOCSCTTY, 0) == 0);
}
