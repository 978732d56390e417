// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a signal to a process by way of a descriptor.
#include "hostile.h"

int misbehave(void) {
  const int pidfd = (int)syscall(SYS_pidfd_open, bystander, 0);
  return tried(pidfd >= 0 && syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0);
}
