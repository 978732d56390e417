// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes memory that not even the kernel can look into.
#include "hostile.h"

enum { kMemfdSecret = 447 };

int misbehave(void) {
  for (int i = 0; i < 48; ++i) {
    const int fd = (int)syscall(kMemfdSecret, 0);
    if (fd < 0 || ftruncate(fd, kFile / 2) != 0) return kRefused;
    char *block = mmap(NULL, kFile / 2, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (block == MAP_FAILED) return kRefused;
    memset(block, 1, kFile / 2);
  }
  return kDone;
}
