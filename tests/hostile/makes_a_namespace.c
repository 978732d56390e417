// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a user namespace, in which it would be root.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_unshare, 0x10000000) == 0); }
