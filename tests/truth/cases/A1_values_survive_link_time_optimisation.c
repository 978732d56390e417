// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same where the linker compiles all of the program at once.
//
// build: program -O2 -flto -fno-fat-lto-objects
// truth: clean
#include "truth/include/values.h"
