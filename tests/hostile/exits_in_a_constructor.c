// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Exits before its main function.
#include "hostile.h"

__attribute__((constructor)) static void leave(void) { _exit(9); }

int misbehave(void) { return kDone; }
