// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program on a preloaded mimalloc: strings, streams, resizing, aligned blocks, threads.
//
// needs: libmimalloc.so.2
// build: program -O1 -pthread
// run: env LD_PRELOAD=libmimalloc.so.2 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
