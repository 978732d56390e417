// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Changes the flags of a file through a descriptor that is open for reading.
#include "hostile.h"

#include <linux/fs.h>

int misbehave(void) {
  const int fd = open(file, O_RDONLY);
  int flags = 0;
  if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) return kRefused;
  flags |= FS_NODUMP_FL;
  return tried(ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0);
}
