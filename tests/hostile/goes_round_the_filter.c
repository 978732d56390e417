// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sets up a ring by which the kernel makes calls that no filter sees.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_io_uring_setup, 1, NULL) >= 0); }
