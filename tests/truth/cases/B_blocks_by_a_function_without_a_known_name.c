// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own pool hands out by a function of another name, from memory of the raw system call and of mmap; free
// takes all of them.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#define POOL_MEMORY POOL_SYSCALL
#include "truth/include/pool.h"
static volatile unsigned long released;
static char *mapped;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!mapped) mapped = mmap(0, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mapped += (n + 31) & ~15ul;
  return mapped - ((n + 31) & ~15ul);
}
__attribute__((noinline)) void free(void *p) {
  if (p) ++released;
}
__attribute__((noinline)) void *take_zeroed_cell(size_t n) { return pool_take(n); }
int main(void) {
  for (int i = 0; i < 100; ++i) {
    free(malloc(50));
    free(take_zeroed_cell(50));
  }
  puts("done");
}
