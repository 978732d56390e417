// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Locks every other byte of a file, each of which is a note in the memory of the kernel.
#include "hostile.h"

int misbehave(void) {
  const int fd = open(file, O_RDONLY);
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
  for (long i = 1; fcntl(fd, F_SETLK, &lock) == 0; ++i) lock.l_start = 2 * i;
  return kRefused;
}
