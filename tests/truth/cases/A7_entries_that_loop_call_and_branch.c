// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Entries that begin with a loop back to themselves, a call, a short branch, a load relative to rip, and a jump.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
unsigned long released, measured, count = 3;
void *own_malloc(size_t n) { return pool_take(n); }
size_t malloc_usable_size(void *);
__asm__(
    ".text\n .globl malloc\n .type malloc,@function\n malloc: jmp own_malloc\n .size malloc, .-malloc\n"
    ".globl free\n .type free,@function\n free: shrl %esi\n jnz free\n test %rdi, %rdi\n je 1f\n incq released(%rip)\n "
    "1: ret\n .size free, .-free\n"
    ".globl cfree\n .type cfree,@function\n cfree: call 2f\n ret\n nop\n 2: incq released(%rip)\n ret\n .size cfree, "
    ".-cfree\n"
    ".globl malloc_usable_size\n .type malloc_usable_size,@function\n malloc_usable_size: mov count(%rip), %rax\n incq "
    "measured(%rip)\n ret\n"
    ".size malloc_usable_size, .-malloc_usable_size\n"
    ".globl calloc\n .type calloc,@function\n calloc: test %edi, %edi\n je 3f\n imul %rsi, %rdi\n 3: jmp own_malloc\n "
    ".size calloc, .-calloc\n");
void cfree(void *);
int main(void) {
  unsigned long before = released, sum = 0;
  for (int i = 0; i < 20; ++i) {
    void *p = calloc(2, 10);
    sum += malloc_usable_size(p);
    free(p);
    cfree(malloc(10));
  }
  before = released - before;
  printf("%d %lu\n", before >= 40, sum);
}
