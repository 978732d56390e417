// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program started under `ulimit -v` of 8 GB, and its child, do what they do alone.
//
// build: program -O1
// run: sh -c "ulimit -v 8000000; exec ./program"
// truth: clean
#define HAD 300
#define NOT_HAD 9000
#include "truth/include/limited.h"
