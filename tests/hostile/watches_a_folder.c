// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks to be told what others do in a folder.
#include "hostile.h"

int misbehave(void) {
  const int fd = open("/tmp", O_RDONLY | O_DIRECTORY);
  return tried(fd >= 0 && fcntl(fd, F_NOTIFY, DN_CREATE) == 0);
}
