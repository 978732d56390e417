// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes files where nobody may list them.
#include "hostile.h"

int misbehave(void) {
  static char block[kFile];
  mkdir("hidden", 0300);
  for (int i = 0;; ++i) {
    char name[32];
    snprintf(name, sizeof name, "hidden/file%d", i);
    const int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (write(fd, block, sizeof block) < 0) return kRefused;
    close(fd);
  }
}
