// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same in code without a red zone and without frame pointers.
//
// build: program -O2 -mno-red-zone -fomit-frame-pointer
// truth: clean
#include "truth/include/values.h"
