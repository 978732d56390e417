// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library compiled with -fno-semantic-interposition, not linked symbolically, knows its own exported free by heart.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC -fno-semantic-interposition
// build: program -O1 -ldl
// truth: clean
#include "truth/include/mixed.h"
