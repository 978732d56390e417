// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same where every function begins with endbr64, in a program bound at start.
//
// build: program -O2 -fcf-protection=full -Wl,-z,now -Wl,-z,relro
// truth: clean
#include "truth/include/values.h"
