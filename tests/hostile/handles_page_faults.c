// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks to handle page faults.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_userfaultfd, 1) >= 0); }
