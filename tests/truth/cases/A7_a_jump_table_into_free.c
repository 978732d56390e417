// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A switch's table of relative offsets, and an address computed by lea, lead behind the first instruction of free.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
unsigned long counter;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
void release_by_table(void *, long);
void release_by_lea(void *);
__asm__(
    ".text\n .globl free\n .type free,@function\n free: nop\n .Lone: nop\n .Ltwo: nopl (%rax)\n .Lthree: test %rdi, "
    "%rdi\n je 1f\n"
    "incq counter(%rip)\n 1: ret\n .size free, .-free\n"
    ".globl release_by_table\n .type release_by_table,@function\n release_by_table: lea table(%rip), %rax\n"
    "movslq (%rax,%rsi,4), %rdx\n add %rdx, %rax\n jmp *%rax\n .size release_by_table, .-release_by_table\n"
    ".globl release_by_lea\n .type release_by_lea,@function\n release_by_lea: lea .Ltwo(%rip), %rax\n jmp *%rax\n"
    ".size release_by_lea, .-release_by_lea\n"
    ".section .rodata\n table: .long free - table, .Lone - table, .Ltwo - table, .Lthree - table\n .text\n");
int main(void) {
  for (int i = 0; i < 20; ++i) {
    free(malloc(10));
    for (long k = 0; k < 4; ++k) release_by_table(malloc(10), k);
    release_by_lea(malloc(10));
  }
  unsigned long n = counter;
  printf("%d\n", n >= 120);
}
