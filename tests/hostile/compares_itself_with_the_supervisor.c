// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks what it shares with the supervisor, which tells where things are in the kernel.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_kcmp, getpid(), supervisor, 0, 0, 0) >= 0); }
