// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libc_malloc_debug.so wraps glibc's own allocator, with perturbed memory and checks.
//
// needs: libc_malloc_debug.so.0
// build: program -O1 -pthread
// run: env LD_PRELOAD=libc_malloc_debug.so.0 GLIBC_TUNABLES=glibc.malloc.check=3 ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
