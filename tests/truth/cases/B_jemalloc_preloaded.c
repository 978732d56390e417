// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program on a preloaded jemalloc: strings, streams, resizing, aligned blocks, threads.
//
// needs: libjemalloc.so.2
// build: program -O1 -pthread
// run: env LD_PRELOAD=libjemalloc.so.2 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
