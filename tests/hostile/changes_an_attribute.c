// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives a file an extended attribute.
#include "hostile.h"

#include <sys/xattr.h>

int misbehave(void) { return tried(setxattr(file, "user.crossheap", "x", 1, 0) == 0); }
