// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cuts a file to nothing.
#include "hostile.h"

int misbehave(void) { return tried(truncate(file, 0) == 0); }
