// SPDX-License-Identifier: MIT OR Apache-2.0
//
// oneTBB's proxy replaces malloc in libtbbmalloc's name and hands on to scalable_malloc.
//
// needs: libtbbmalloc_proxy.so.2
// build: program -O1 -pthread
// run: env LD_PRELOAD=libtbbmalloc_proxy.so.2 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
