// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a file of its user for writing.
#include "hostile.h"

int misbehave(void) { return tried(open(file, O_WRONLY) >= 0); }
