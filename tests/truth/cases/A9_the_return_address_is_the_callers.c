// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own malloc looks at its return address: at depth ownership it is the caller's.
//
// build: program -O1
// truth: clean
// depths: ownership
// limit: at depths sites and stacks the return address of an allocating function is the agent's
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
extern char __executable_start, etext;
static volatile int outside, released;
__attribute__((noinline)) void *malloc(size_t n) {
  char *from = __builtin_return_address(0);
  if (n == 77 && (from < &__executable_start || from > &etext)) ++outside;
  return pool_take(n);
}
__attribute__((noinline)) void free(void *p) {
  char *from = __builtin_return_address(0);
  if (p && pool_size(p) == 77 && (from < &__executable_start || from > &etext)) ++outside;
  ++released;
}
int main(void) {
  for (int i = 0; i < 20; ++i) free(malloc(77));
  int n = outside;
  printf("%d\n", n);
}
