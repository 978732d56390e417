// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a signal to another process of its user.
#include "hostile.h"

int misbehave(void) { return tried(kill(bystander, 0) == 0); }
