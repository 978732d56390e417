// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a signal to every process it may.
#include "hostile.h"

int misbehave(void) { return tried(kill(-1, 0) == 0); }
