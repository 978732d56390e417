// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has the kernel take the memory of another process of its user out of the way.
#include <sys/uio.h>
#include "hostile.h"

int misbehave(void) {
  const int process = (int)syscall(SYS_pidfd_open, bystander, 0);
  // SAFETY: where both were forked from one program, it is mapped at the same place.
  const struct iovec range = {(void *)(address_there & ~4095UL), 4096};
  return tried(process >= 0 && syscall(SYS_process_madvise, process, &range, 1UL, MADV_PAGEOUT, 0) >= 0);
}
