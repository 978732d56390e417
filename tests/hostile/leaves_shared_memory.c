// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a file where everybody may, which would outlive it.
#include "hostile.h"

int misbehave(void) {
  char path[64];
  snprintf(path, sizeof path, "/dev/shm/crossheap-hostile-%d", (int)getpid());
  const int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (fd >= 0) unlink(path);
  return tried(fd >= 0);
}
