// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library linked with -Bsymbolic and compiled without semantic interposition keeps values over its exported free.
//
// build: libown.so -DLIBRARY -O2 -fno-inline -shared -fPIC -fno-semantic-interposition -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: clean
#include "truth/include/mixed.h"
