// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A constructor releases a libc block with a library's free before main.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
__attribute__((visibility("default"))) void library_put(void *p) {
  free(malloc(3));
  free(p);
}
#else
#include <stdio.h>
#include <stdlib.h>
void library_put(void *);
__attribute__((constructor)) static void early(void) { library_put(malloc(10)); }
int main(void) { puts("done"); }
#endif
