// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Small blocks come from a pool; large ones are libc's and are released all together when a frame ends.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static void *held[64];
static int count;
__attribute__((noinline)) void *malloc(size_t n) { return n <= 200 ? pool_take(n) : __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p || pool_has(p)) return;
  held[count++] = p;
}
__attribute__((noinline)) void end_of_frame(void) {
  while (count) __libc_free(held[--count]);
}
int main(void) {
  unsigned long sum = 0;
  for (int frame = 0; frame < 10; ++frame) {
    for (int i = 0; i < 20; ++i) {
      char *a = malloc(20), *b = malloc(4000);
      a[0] = b[0] = (char)i;
      sum += a[0] + b[0];
      free(b);
      free(a);
    }
    end_of_frame();
  }
  printf("%lu\n", sum);
}
