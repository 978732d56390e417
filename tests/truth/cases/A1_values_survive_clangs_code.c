// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same as compiled by clang, which keeps values in other places than GCC does.
//
// build: clang-14= program -O2
// needs: clang-14
// truth: clean
#define OWN __attribute__((noinline))
#include "truth/include/values.h"
