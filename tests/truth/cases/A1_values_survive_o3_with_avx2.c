// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Loops over avx2 registers around the program's own free, at -O3 for x86-64-v3.
//
// build: program -O3 -march=x86-64-v3
// needs: cpu:avx2
// truth: clean
#include "truth/include/values.h"
