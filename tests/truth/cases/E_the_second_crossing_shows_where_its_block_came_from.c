// SPDX-License-Identifier: MIT OR Apache-2.0
//
// At depth auto the first crossing shows who released the block. The next one shows who allocated it, too.
//
// build: program -O1 -rdynamic
// depths: auto
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=3
// report: makes_the_second
// report: asks_for_more
// report: "allocated_by": "realloc"
// never: makes_the_first
// never: makes_one_long_before
// prints: done
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
#define STEP __attribute__((noinline, noclone))
STEP void *makes_one_long_before(void) { return __libc_malloc(100); }
STEP void *makes_the_first(void) { return __libc_malloc(200); }
STEP void *makes_the_second(void) { return __libc_malloc(300); }
STEP void *asks_for_more(void *p) { return __libc_realloc(p, 5000); }
int main(void) {
  void *volatile before = makes_one_long_before();
  void *volatile first = makes_the_first();
  free(first);
  void *volatile second = makes_the_second();
  free(second);
  before = asks_for_more(before);
  free(before);
  puts("done");
}
