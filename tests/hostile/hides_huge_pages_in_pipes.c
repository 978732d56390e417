// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts a byte of each huge page into a pipe, which keeps the whole of it when it is given back.
#include <fcntl.h>
#include <sys/uio.h>
#include "hostile.h"

enum { kHuge = 2 << 20 };

int misbehave(void) {
  int ends[2];
  for (int i = 0; i < 160; ++i) {
    if (i % 16 == 0 && pipe(ends) != 0) return kRefused;
    char *block = mmap(NULL, (size_t)2 * kHuge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return kRefused;
    // SAFETY: an address as a number.
    char *page = (char *)(((unsigned long)block + kHuge - 1) & ~(unsigned long)(kHuge - 1));
    madvise(page, kHuge, MADV_HUGEPAGE);
    memset(page, 1, kHuge);
    const struct iovec first = {page, 1};
    if (vmsplice(ends[1], &first, 1, SPLICE_F_NONBLOCK) != 1) return kRefused;
    munmap(block, (size_t)2 * kHuge);
  }
  return kDone;
}
