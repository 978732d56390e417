// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program built with gcc's ThreadSanitizer without a race.
//
// needs: libtsan.so.2
// build: program -O1 -fsanitize=thread -pthread
// truth: clean
#include "truth/include/race_free.h"
