// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free takes its own blocks and hands every other to a library of its own, which knows libc's free. The
// first one names no function of the malloc family but those that it defines.
//
// build: libcore.so -DCORE -O2 -shared -fPIC
// build: libown.so -DLIBRARY -O2 -shared -fPIC -L. -lcore -Wl,-rpath,$ORIGIN
// build: program -O1
// run: env LD_PRELOAD=./libown.so ./program
// truth: clean
#if defined(CORE)
#include "truth/include/libc.h"
void core_give(void *p) { __libc_free(p); }
#elif defined(LIBRARY)
#define _GNU_SOURCE
#include <stddef.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
void core_give(void *p);
void *malloc(size_t n) { return pool_take(n); }
void free(void *p) {
  if (!p || pool_has(p)) return;
  core_give(p);
}
#else
#include "truth/include/strangers.h"
#endif
