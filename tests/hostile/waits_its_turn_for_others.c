// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Lets another process of its user read the disk only when nobody else does.
#include "hostile.h"

enum { kWhoProcess = 1, kIdle = 3 << 13 };

int misbehave(void) { return tried(syscall(SYS_ioprio_set, kWhoProcess, bystander, kIdle) == 0); }
