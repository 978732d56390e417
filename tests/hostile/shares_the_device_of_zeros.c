// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Uses shared memory of the device that everybody may read zeros from.
#include "hostile.h"

int misbehave(void) {
  const int fd = open("/dev/zero", O_RDONLY);
  return tried(fd >= 0 && mmap(NULL, kBlock, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
}
