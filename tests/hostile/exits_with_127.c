// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Exits with the status by which shells say that a program was not found.
#include "hostile.h"

int misbehave(void) { return 127; }
