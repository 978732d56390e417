// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An executable whose free begins with an instruction that the loader relocates works as it does alone.
//
// build: program -O1 -fPIE -pie -Wl,-z,notext
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
unsigned long counter;
__asm__(
    ".text\n .globl free\n .type free,@function\n"
    "free: movabs $counter, %rax\n incq (%rax)\n ret\n .size free, .-free\n"
    ".globl malloc\n .type malloc,@function\n"
    "malloc: movabs $own_malloc, %rax\n jmp *%rax\n .size malloc, .-malloc\n");
void *own_malloc(size_t n) { return pool_take(n); }
int main(void) {
  unsigned long before = counter;
  for (int i = 0; i < 100; ++i) free(malloc(10));
  printf("%lu\n", counter - before);
}
