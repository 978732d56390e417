// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Release functions of one to four bytes, with the next function right behind them.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
int seven(void);
int eight(void);
__asm__(
    ".text\n .globl free\n .type free,@function\n free: ret\n .size free, .-free\n"
    ".type seven,@function\n seven: mov $7, %eax\n ret\n .size seven, .-seven\n"
    ".globl cfree\n .type cfree,@function\n cfree: xor %eax, %eax\n ret\n .size cfree, .-cfree\n"
    ".type eight,@function\n eight: mov $8, %eax\n ret\n .size eight, .-eight\n");
void cfree(void *);
int main(void) {
  int sum = 0;
  for (int i = 0; i < 20; ++i) {
    free(malloc(10));
    cfree(malloc(10));
    sum += seven() + eight();
  }
  printf("%d\n", sum);
}
