// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of rpmalloc's that libc's free is given, and one of libc's given to rpfree.
//
// build: librp.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lrp -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=librp.so:rpmalloc releaser=libc.so.6:glibc
// truth: XH201 rpfree owner=libc.so.6:glibc releaser=librp.so:rpmalloc
// prints: done
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile int released;
int rpmalloc_initialize(void) { return 0; }
void *rpmalloc(size_t n) { return pool_take(n); }
void *rpcalloc(size_t count, size_t n) { return pool_take(count * n); }
void *rprealloc(void *p, size_t n) { return memcpy(pool_take(n), p, pool_size(p) < n ? pool_size(p) : n); }
void rpfree(void *p) { ++released; }
#else
#include <stdio.h>
#include <stdlib.h>
void *rpmalloc(size_t), rpfree(void *);
int main(void) {
  rpfree(rpmalloc(10));
  rpfree(malloc(20));
  free(rpmalloc(30));
  puts("done");
}
#endif
