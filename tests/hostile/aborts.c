// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Aborts, as an allocator does that has found its heap damaged.
#include "hostile.h"

int misbehave(void) { abort(); }
