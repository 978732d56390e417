// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a child in a user namespace.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0) > 0); }
