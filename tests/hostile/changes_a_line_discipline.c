// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives the terminal of its user another line discipline, and takes over the console.
#include "hostile.h"

int misbehave(void) {
  const int fd = open(terminal, O_RDWR | O_NOCTTY);
  if (fd < 0) return kRefused;
  const int discipline = 13;  // N_HDLC
  const char copies_the_screen = 2;
  return tried(ioctl(fd, TIOCSETD, &discipline) == 0 || ioctl(fd, TIOCCONS) == 0 ||
               ioctl(fd, TIOCLINUX, &copies_the_screen) == 0);
}
