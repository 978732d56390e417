// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks the kernel to treat it as an older system would, without random addresses.
#include <sys/personality.h>
#include "hostile.h"

int misbehave(void) { return tried(personality(ADDR_NO_RANDOMIZE) >= 0); }
