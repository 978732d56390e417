// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Removes a file.
#include "hostile.h"

int misbehave(void) { return tried(unlink(file) == 0); }
