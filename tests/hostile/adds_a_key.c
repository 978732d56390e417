// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Adds a key to its user's keyring.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_add_key, "user", "crossheap", "x", 1UL, -4) > 0); }
