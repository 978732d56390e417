// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a file system of its own by the calls that came after mount.
#include "hostile.h"

enum { kFsopen = 430 };

int misbehave(void) { return tried(syscall(kFsopen, "tmpfs", 0) >= 0); }
