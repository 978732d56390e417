// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator that maps its memory by the system call itself: what it hands out and libc gets belongs to it.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#define POOL_MEMORY POOL_SYSCALL
#include "truth/include/given.h"
