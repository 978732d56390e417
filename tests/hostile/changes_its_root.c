// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Changes its root folder.
#include "hostile.h"

int misbehave(void) { return tried(chroot("/tmp") == 0); }
