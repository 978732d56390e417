// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program started under `ulimit -d`, and its child, do what they do alone.
//
// build: program -O1
// run: sh -c "ulimit -d 400000; exec ./program"
// truth: clean
#define HAD 200
#define NOT_HAD 500
#include "truth/include/limited.h"
