// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program under a filter leaves main: exit handlers run, streams are flushed, blocks are released; nothing else is
// called.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/filter.h"
static void *block;
static void at_end(void) { free(block); }
__attribute__((destructor)) static void last(void) { free(malloc(100)); }
int main(void) {
  atexit(at_end);
  block = malloc(1000);
  puts("done");
  fflush(stdout);
  allow_only((const int[]){SYS_brk, SYS_write, SYS_exit_group}, 3);
  return 0;
}
