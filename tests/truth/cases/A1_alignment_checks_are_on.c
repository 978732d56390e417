// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program runs with alignment checks on (the AC flag) while it uses its own allocator.
//
// build: program -O1 -fno-tree-vectorize
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <stdio.h>
#include "truth/include/own.h"
int main(void) {
  unsigned long sum = 0;
  free(malloc(9));
  for (int i = 0; i < 100; ++i) {
    __asm__ volatile("pushf\n orq $0x40000,(%%rsp)\n popf" ::: "memory", "cc");
    void *p = malloc(24);
    free(p);
    __asm__ volatile("pushf\n andq $~0x40000,(%%rsp)\n popf" ::: "memory", "cc");
    sum += p != 0;
  }
  printf("%lu\n", sum);
}
