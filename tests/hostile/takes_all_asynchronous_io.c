// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reserves what all users have only so much of together.
#include "hostile.h"

int misbehave(void) {
  unsigned long context = 0;
  return tried(syscall(SYS_io_setup, 1024, &context) == 0);
}
