// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim has malloc and free only; what calloc, in libc, hands out comes to its free too, waits there and goes home
// later.
//
// build: program -O1
// truth: clean
// policies: report
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static void *held[16];
static unsigned at;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  void *old = held[at % 16];
  held[at++ % 16] = p;
  __libc_free(old);
}
int main(void) {
  for (int i = 0; i < 100; ++i) {
    free(malloc(50));
    free(calloc(2, 40));
  }
  for (int i = 0; i < 16; ++i) {
    __libc_free(held[i]);
    held[i] = 0;
  }
  at = 0;
  fputs("done\n", stdout);
  fflush(stdout);
  _Exit(0);
}
