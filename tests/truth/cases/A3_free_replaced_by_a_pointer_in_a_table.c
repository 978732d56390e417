// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's free calls through a table of functions that is filled late with libc's.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static struct {
  void *(*take)(size_t);
  void (*give)(void *);
} table = {__libc_malloc, __libc_free};
__attribute__((noinline)) void *malloc(size_t n) { return table.take(n); }
__attribute__((noinline)) void free(void *p) { table.give(p); }
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(i));
  free(realloc(malloc(20), 2000));
  puts("done");
}
