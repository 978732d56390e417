// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens the terminal of its user for reading.
#include "hostile.h"

int misbehave(void) { return tried(open(terminal, O_RDONLY | O_NOCTTY | O_NONBLOCK) >= 0); }
