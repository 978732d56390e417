// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own free takes any pointer into a block, as its allocator promises.
//
// build: program -O1
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/pool.h"
static unsigned char used[256];
static unsigned long gone;
static int next;
static char *memory;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!memory) memory = mmap(0, 256 * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  used[next] = 1;
  return memory + 1024 * next++;
}
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  unsigned char *u = &used[((char *)p - memory) / 1024];
  gone += *u;
  *u = 0;
}
int main(void) {
  for (int i = 0; i < 50; ++i) free((char *)malloc(100) + i);
  printf("%lu\n", gone);
}
