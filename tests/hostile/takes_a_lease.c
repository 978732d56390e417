// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes a lease on a file, so that whoever executes it must wait.
#include "hostile.h"

int misbehave(void) {
  const int fd = open(file, O_RDONLY);
  return tried(fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0);
}
