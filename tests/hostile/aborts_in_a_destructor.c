// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Aborts after its main function has returned.
#include "hostile.h"

__attribute__((destructor)) static void complain(void) { abort(); }

int misbehave(void) { return kRefused; }
