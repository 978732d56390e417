// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same in a stripped library: nothing but the code says that there are callers who know what free touches.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC -s
// build: program -O1 -ldl
// truth: clean
#include "truth/include/alias.h"
