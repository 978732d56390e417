// SPDX-License-Identifier: MIT OR Apache-2.0
//
// dmalloc, a debugging allocator with tables of its own, preloaded.
//
// needs: libdmallocth.so.5
// build: program -O1 -pthread -DWORK_OLD
// run: env LD_PRELOAD=libdmallocth.so.5 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
