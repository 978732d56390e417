// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own malloc looks at its return address: at depths sites and stacks it finds the agent, and the report
// says so.
//
// build: program -O2
// truth: clean
// depths: sites stacks
// named: asks for its return address
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile int released;
static void *volatile last;
__attribute__((noinline)) void *malloc(size_t n) {
  last = __builtin_return_address(0);
  return pool_take(n);
}
__attribute__((noinline)) void free(void *p) { ++released; }
int main(void) {
  for (int i = 0; i < 20; ++i) free(malloc(77));
  fputs("done\n", stdout);
}
