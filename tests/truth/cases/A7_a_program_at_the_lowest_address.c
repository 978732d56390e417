// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program at the lowest address that a process may map has nothing below it.
//
// build: program -O2 -no-pie -fno-pie -Wl,-Ttext-segment=0x10000
// truth: clean
#include "truth/include/values.h"
