// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Loads a module into the kernel.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_finit_module, -1, "", 0) == 0); }
