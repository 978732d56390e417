// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A function in another section jumps into the first bytes of the program's free by a near jump, and another one by a
// table.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
unsigned long counter;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
void release_far(void *);
void release_table(void *);
__asm__(
    ".text\n .globl free\n .type free,@function\n free: nop\n .Linside: nop\n .Lthird: test %rdi, %rdi\n je 1f\n incq "
    "counter(%rip)\n 1: ret\n"
    ".size free, .-free\n .section .text.elsewhere, \"ax\", @progbits\n .globl release_far\n .type "
    "release_far,@function\n"
    " .skip 4096, 0x90\n release_far: jmp .Linside\n .size release_far, .-release_far\n"
    ".globl release_table\n .type release_table,@function\n release_table: jmp *table(%rip)\n .size release_table, "
    ".-release_table\n"
    ".data\n table: .quad .Lthird\n .text\n");
int main(void) {
  for (int i = 0; i < 20; ++i) {
    free(malloc(10));
    release_far(malloc(10));
    release_table(malloc(10));
  }
  unsigned long n = counter;
  printf("%d\n", n >= 60);
}
