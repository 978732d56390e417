// SPDX-License-Identifier: MIT OR Apache-2.0
//
// With RLIMIT_AS of 2 GiB set in main, 300 MiB can still be had, as alone.
//
// build: program -O1
// truth: clean
#define LIMIT RLIMIT_AS
#include "truth/include/limit_set.h"
