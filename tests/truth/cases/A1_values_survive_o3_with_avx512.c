// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same at -O3 for x86-64-v4, whose mask registers hold values too.
//
// build: program -O3 -march=x86-64-v4
// needs: cpu:avx512bw
// truth: clean
#include "truth/include/values.h"
