// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a terminal.
#include "hostile.h"

int misbehave(void) { return tried(open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0); }
