// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Values on the x87 stack and the rounding mode are as they were after a free and a malloc that do not touch them.
//
// build: program -O1 -lm
// truth: clean
#include <fenv.h>
#include <stdio.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int main(void) {
  fesetround(FE_UPWARD);
  double sum = 0;
  for (int i = 0; i < 100; ++i) {
    double out = 0;
    void *p = malloc(10);
    __asm__ volatile(
        "fld1\n fldpi\n faddp\n sub $128, %%rsp\n mov %1, %%rdi\n push %%rbp\n mov %%rsp, %%rbp\n and $-16, %%rsp\n "
        "call free\n"
        "mov %%rbp, %%rsp\n pop %%rbp\n add $128, %%rsp\n fstpl %0\n"
        : "=m"(out)
        : "r"(p)
        : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    sum += out;
  }
  printf("%.17g %d\n", sum, fegetround() == FE_UPWARD);
}
