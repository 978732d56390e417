// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has the kernel signal another process when a descriptor becomes ready.
#include "hostile.h"

int misbehave(void) { return tried(fcntl(1, F_SETOWN, bystander) == 0); }
