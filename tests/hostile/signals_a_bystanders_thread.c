// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a signal to a thread of another process.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_tgkill, bystander, bystander, 0) == 0); }
