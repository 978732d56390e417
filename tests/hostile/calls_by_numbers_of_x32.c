// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Calls the kernel by the numbers that programs with short addresses use.
#include "hostile.h"

enum { kX32 = 0x40000000 };

int misbehave(void) { return tried(syscall(kX32 + SYS_getppid) > 0); }
