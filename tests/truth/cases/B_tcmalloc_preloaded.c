// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program on a preloaded tcmalloc: strings, streams, resizing, aligned blocks, threads.
//
// needs: libtcmalloc_minimal.so.4
// build: program -O1 -pthread
// run: env LD_PRELOAD=libtcmalloc_minimal.so.4 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
