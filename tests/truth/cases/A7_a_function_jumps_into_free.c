// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Another function jumps four bytes into the program's free, behind its first instruction.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
unsigned long counter;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
void release_unchecked(void *);
__asm__(
    ".text\n .globl free\n .type free,@function\n free: endbr64\n .Linside: test %rdi, %rdi\n je 1f\n incq "
    "counter(%rip)\n 1: ret\n"
    ".size free, .-free\n .globl release_unchecked\n .type release_unchecked,@function\n release_unchecked: jmp "
    ".Linside\n"
    ".size release_unchecked, .-release_unchecked\n");
int main(void) {
  for (int i = 0; i < 20; ++i) {
    free(malloc(10));
    release_unchecked(malloc(10));
  }
  unsigned long n = counter;
  printf("%d\n", n >= 40);
}
