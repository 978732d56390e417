// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library with protected visibility: exported, and never replaced.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC -fvisibility=protected
// build: program -O1 -ldl
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include "truth/include/mixed.h"
