// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free hands every stranger's block to a library of its own by a table of functions, which hands it to
// another one, which knows libc's free. The loader has filled in the table.
//
// build: libbase.so -DBASE -O2 -shared -fPIC
// build: libcore.so -DCORE -O2 -shared -fPIC -L. -lbase -Wl,-rpath,$ORIGIN
// build: libown.so -DLIBRARY -O2 -shared -fPIC -L. -lcore -Wl,-rpath,$ORIGIN
// build: program -O1
// run: env LD_PRELOAD=./libown.so ./program
// truth: clean
#if defined(BASE)
#include "truth/include/libc.h"
void base_give(void *p) { __libc_free(p); }
#elif defined(CORE)
void base_give(void *p);
static long count;
void core_give(void *p) {
  ++count;
  base_give(p);
}
#elif defined(LIBRARY)
#define _GNU_SOURCE
#include <stddef.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
void core_give(void *p);
static void ignore(void *p) { (void)p; }
void (*const below[])(void *) = {ignore, core_give};
void *malloc(size_t n) { return pool_take(n); }
void free(void *p) {
  if (p) below[!pool_has(p)](p);
}
#else
#include "truth/include/strangers.h"
#endif
