// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Locks a file that it may only read, for as long as it lives.
#include <sys/file.h>

#include "hostile.h"

int misbehave(void) {
  const int fd = open(file, O_RDONLY);
  if (fork() == 0) {
    flock(fd, LOCK_EX | LOCK_NB);
    for (;;) pause();
  }
  return 5;
}
