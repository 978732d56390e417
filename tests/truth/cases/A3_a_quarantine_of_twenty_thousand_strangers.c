// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's free holds twenty thousand blocks back that libc's calloc handed out, and gives each to libc later.
//
// build: program -O1
// truth: clean
// policies: report
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define COUNT 20000
static void *held[COUNT];
static unsigned at;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  void *old = held[at % COUNT];
  held[at++ % COUNT] = p;
  __libc_free(old);
}
int main(void) {
  for (int i = 0; i < 3 * COUNT; ++i) free(calloc(2, 40));
  for (int i = 0; i < COUNT; ++i) {
    __libc_free(held[i]);
    held[i] = 0;
  }
  fputs("done\n", stdout);
  fflush(stdout);
  _Exit(0);
}
