// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free hands strangers to a function that bears the name of one of libc's, and is another library's: that
// one knows libc's free. The slot is bound by the first call, and not before.
//
// build: libcore.so -DCORE -O2 -shared -fPIC
// build: libown.so -DLIBRARY -O2 -shared -fPIC -Wl,-z,lazy -L. -lcore -Wl,-rpath,$ORIGIN
// build: program -O1
// run: env LD_PRELOAD=./libcore.so:./libown.so ./program
// truth: clean
#if defined(CORE)
#include "truth/include/libc.h"
void cfmakeraw(void *p) { __libc_free(p); }
#elif defined(LIBRARY)
#define _GNU_SOURCE
#include <stddef.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
void cfmakeraw(void *p);
void *malloc(size_t n) { return pool_take(n); }
void free(void *p) {
  if (!p || pool_has(p)) return;
  cfmakeraw(p);
}
#else
#include "truth/include/strangers.h"
#endif
