// SPDX-License-Identifier: MIT OR Apache-2.0
//
// AVX-512's registers, the rounding mode, the direction flag's rest state and MXCSR are kept while a finding is made.
//
// build: program -O1 -mavx512f -mavx512bw -lm
// needs: cpu:avx512bw
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=50
// prints: changed 0 1
#include <fenv.h>
#include <stdio.h>
#include <string.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include <stdlib.h>
#include "truth/include/pool.h"
__asm__(
    ".text\n .globl free\n .type free,@function\nfree: incq count(%rip)\n ret\n .size free, .-free\n .data\n count: "
    ".quad 0\n .text\n");
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
void call_free(void *p, const unsigned char *in, unsigned char *out);
__asm__(
    ".text\n .type call_free,@function\n call_free: push %rbx\n push %rbp\n sub $8, %rsp\n mov %rdx, %rbp\n mov %rsi, "
    "%rbx\n"
    ".irp n,0,1,7,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n vmovdqu64 64*\\n(%rbx), %zmm\\n\n .endr\n"
    ".irp n,1,2,3,4,5,6,7\n kmovq 2048+8*\\n(%rbx), %k\\n\n .endr\n"
    "call free\n"
    ".irp n,0,1,7,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n vmovdqu64 %zmm\\n, 64*\\n(%rbp)\n .endr\n"
    ".irp n,1,2,3,4,5,6,7\n kmovq %k\\n, 2048+8*\\n(%rbp)\n .endr\n"
    "vzeroupper\n add $8, %rsp\n pop %rbp\n pop %rbx\n ret\n .size call_free, .-call_free\n");
int main(void) {
  unsigned char in[2112], out[2112];
  int changed = 0;
  fesetround(FE_DOWNWARD);
  for (int round = 0; round < 50; ++round) {
    for (size_t i = 0; i < sizeof in; ++i) in[i] = (unsigned char)(i * 7 + round);
    memcpy(out, in, sizeof in);
    call_free(__libc_malloc(10), in, out);
    changed += memcmp(in, out, sizeof in) != 0;
  }
  printf("changed %d %d\n", changed, fegetround() == FE_DOWNWARD);
}
