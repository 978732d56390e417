// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes files into its own folder that have no name any more.
#include "hostile.h"

int misbehave(void) {
  static char block[kFile];
  for (;;) {
    const int fd = open("file", O_WRONLY | O_CREAT, 0600);
    if (fd < 0) sleep(60);  // no more descriptors
    unlink("file");
    if (write(fd, block, sizeof block) < 0) return kRefused;
  }
}
