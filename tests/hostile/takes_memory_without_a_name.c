// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes files in memory, writes into them and forgets them.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 400; ++i) {
    const int fd = memfd_create("", 0);
    if (fd < 0 || ftruncate(fd, 1 << 20) != 0) return kRefused;
    char *block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, 1 << 20);
    close(fd);
  }
  sleep(2);
  return kDone;
}
