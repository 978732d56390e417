// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim holds released blocks back and gives the oldest to libc later: each block comes home, though not in its own
// call.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
static void *held[16];
static unsigned at, released;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  void *old = held[at % 16];
  held[at++ % 16] = p;
  if (old) {
    ++released;
    __libc_free(old);
  }
}
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(50 + i));
  char *text = strdup("text");
  free(text);
  unsigned seen = released;
  printf("%d\n", seen >= 80);
}
