// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same with each function in a section of its own, and frame pointers.
//
// build: program -O2 -ffunction-sections -fno-omit-frame-pointer -Wl,--gc-sections
// truth: clean
#include "truth/include/values.h"
