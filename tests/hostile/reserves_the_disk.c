// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reserves the disk for files that stay empty.
#include <linux/falloc.h>
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 10000; ++i) {
    char name[32];
    snprintf(name, sizeof name, "file%d", i);
    const int fd = open(name, O_WRONLY | O_CREAT, 0600);
    // Where the file system cannot: nothing is reserved.
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, kBlock) != 0) return kRefused;
    close(fd);
  }
  return kDone;
}
