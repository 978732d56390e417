// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions that call a profiler first (-pg -mfentry).
//
// build: program -O2 -pg -mfentry
// truth: clean
#include "truth/include/values.h"
