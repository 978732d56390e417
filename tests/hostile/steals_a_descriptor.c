// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes a descriptor of the supervisor.
#include "hostile.h"

int misbehave(void) {
  const int pidfd = (int)syscall(SYS_pidfd_open, supervisor, 0);
  return tried(syscall(SYS_pidfd_getfd, pidfd, 1, 0) >= 0);
}
