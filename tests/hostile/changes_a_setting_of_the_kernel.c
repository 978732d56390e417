// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes a setting of the kernel.
#include "hostile.h"

int misbehave(void) { return tried(open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0); }
