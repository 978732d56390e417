// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library exports free as an alias of a local function, which its own code calls with values in registers.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC
// build: program -O1 -ldl
// truth: clean
#include "truth/include/alias.h"
