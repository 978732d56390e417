// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a file that stands for a disk.
#include <sys/sysmacros.h>

#include "hostile.h"

int misbehave(void) {
  char other[512];
  snprintf(other, sizeof other, "%s.device", file);
  return tried(mknod(other, S_IFBLK | 0600, makedev(8, 0)) == 0);
}
