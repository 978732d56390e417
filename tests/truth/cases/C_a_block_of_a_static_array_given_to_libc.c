// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from a library's static array is given to libc's free; its owner is that library.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#define POOL_MEMORY POOL_STATIC
#include "truth/include/given.h"
