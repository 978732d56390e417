// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whatever libc's functions hand out may be released with free: a hundred ways.
//
// build: program -O1
// truth: clean
#define WORK
#define WORK_LIBC
#include "truth/include/work.h"
