// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Exits with a status of its own when it has ended well.
#include "hostile.h"

__attribute__((destructor)) static void end(void) { _exit(9); }

int misbehave(void) { return kRefused; }
