// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a signal to the supervisor.
#include "hostile.h"

int misbehave(void) { return tried(kill(supervisor, 0) == 0); }
