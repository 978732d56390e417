// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens the terminal of its session.
#include "hostile.h"

int misbehave(void) { return tried(open("/dev/tty", O_RDONLY) >= 0); }
