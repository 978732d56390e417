// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a file by its inode, whatever folder it is in.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_open_by_handle_at, -1, NULL, 0) >= 0); }
