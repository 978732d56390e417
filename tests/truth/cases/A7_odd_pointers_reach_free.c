// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A free that takes (void *)-1, small numbers, tagged and non-canonical pointers as "nothing" gets them as alone.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile unsigned long odd;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  unsigned long address = (unsigned long)p;
  if (address >> 47 || address < 4096) ++odd;
}
int main(void) {
  free((void *)-1);
  free((void *)1);
  free((void *)(~0ul << 47));
  free((void *)((unsigned long)malloc(10) | 0x8000000000000000ul));
  free((void *)0xfffffffffffff000ul);
  free((void *)0x7fffffffffffful);
  free((void *)0x800000000000ul);
  free((void *)0xdeadbeefdeadbeeful);
  free(0);
  printf("%lu\n", odd);
}
