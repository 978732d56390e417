// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes empty files without end.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0;; ++i) {
    char name[32];
    snprintf(name, sizeof name, "file%d", i);
    const int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) return kRefused;
    close(fd);
  }
}
