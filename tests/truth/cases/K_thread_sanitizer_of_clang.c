// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program built with clang's ThreadSanitizer without a race.
//
// needs: clang-14
// build: clang-14= program -O1 -fsanitize=thread -pthread
// truth: clean
#include "truth/include/race_free.h"
