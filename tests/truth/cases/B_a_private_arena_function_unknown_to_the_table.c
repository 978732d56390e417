// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An executable exports own_arena_malloc on memory nobody saw being mapped; a library releases by the executable's
// free.
//
// build: libuser.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -rdynamic -L. -luser -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
void *moz_arena_malloc(unsigned long arena, unsigned long n);
void *moz_arena_realloc(unsigned long arena, void *p, unsigned long n);
void free(void *);
void *malloc(unsigned long);
void library_run(void) {
  for (int i = 0; i < 100; ++i) {
    free(moz_arena_malloc(1, 100));
    free(moz_arena_realloc(2, moz_arena_malloc(2, 10), 200));
    free(malloc(40));
  }
}
#else
#include <stdio.h>
#define POOL_MEMORY POOL_SYSCALL
#include "truth/include/own.h"
void library_run(void);
void *moz_arena_malloc(unsigned long arena, size_t n) { return pool_take(n + arena); }
void *moz_arena_realloc(unsigned long arena, void *p, size_t n) { return pool_take(n); }
int main(void) {
  library_run();
  puts("done");
}
#endif
