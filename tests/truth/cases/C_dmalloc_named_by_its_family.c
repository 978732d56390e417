// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of dmalloc, preloaded, that libc's own free is given: owner dmalloc, by name.
//
// needs: libdmalloc.so.5
// build: program -O1
// run: env LD_PRELOAD=libdmalloc.so.5 ./program
// truth: XH201 free owner=libdmalloc.so.5:dmalloc releaser=libc.so.6:glibc
// alone: any
// prints: done
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
int main(void) {
  free(malloc(100));
  __libc_free(malloc(100));
  puts("done");
}
