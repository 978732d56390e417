// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Changes who may read a file.
#include "hostile.h"

int misbehave(void) { return tried(chmod(file, 0777) == 0); }
