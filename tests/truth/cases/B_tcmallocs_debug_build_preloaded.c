// SPDX-License-Identifier: MIT OR Apache-2.0
//
// tcmalloc's debug build puts headers around its blocks and holds released ones back.
//
// needs: libtcmalloc_minimal_debug.so.4
// build: program -O1 -pthread
// run: env LD_PRELOAD=libtcmalloc_minimal_debug.so.4 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
