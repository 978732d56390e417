// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads the memory of the machine.
#include "hostile.h"

int misbehave(void) { return tried(open("/dev/mem", O_RDONLY) >= 0 || open("/proc/kcore", O_RDONLY) >= 0); }
