// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives the machine a name.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_sethostname, "crossheap", 9UL) == 0); }
