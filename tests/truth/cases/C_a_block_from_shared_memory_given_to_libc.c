// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator that takes its memory with shmat: its block that libc's free is given has that owner.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#define POOL_MEMORY POOL_SHM
#include "truth/include/given.h"
