// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads a byte here and there, so that the tables of its memory become large and nothing else.
#include "hostile.h"

int misbehave(void) {
  const size_t size = (size_t)600 << 30;
  const size_t step = (size_t)2 << 20;
  volatile char *block = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) return kRefused;
  madvise((void *)block, size, MADV_NOHUGEPAGE);
  for (size_t at = 0; at < size; at += step) (void)block[at];
  return kDone;
}
