// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sets the clock.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_settimeofday, NULL, NULL) == 0); }
