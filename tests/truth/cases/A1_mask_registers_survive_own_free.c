// SPDX-License-Identifier: MIT OR Apache-2.0
//
// AVX-512's mask registers and the upper registers zmm16 to zmm31 are kept over a free that changes none.
//
// build: program -O1 -mavx512f -mavx512bw
// needs: cpu:avx512bw
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
__asm__(
    ".text\n .globl free\n .type free,@function\nfree: incq count(%rip)\n ret\n .size free, .-free\n .data\n count: "
    ".quad 0\n .text\n");
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
void call_free(void *p, const unsigned char *in, unsigned char *out);
__asm__(
    ".text\n .type call_free,@function\n call_free: push %rbx\n push %rbp\n sub $8, %rsp\n mov %rdx, %rbp\n mov %rsi, "
    "%rbx\n"
    ".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n vmovdqu64 64*(\\n-16)(%rbx), %zmm\\n\n .endr\n"
    ".irp n,1,2,3,4,5,6,7\n kmovq 1024+8*\\n(%rbx), %k\\n\n .endr\n"
    "call free\n"
    ".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n vmovdqu64 %zmm\\n, 64*(\\n-16)(%rbp)\n .endr\n"
    ".irp n,1,2,3,4,5,6,7\n kmovq %k\\n, 1024+8*\\n(%rbp)\n .endr\n"
    "vzeroupper\n add $8, %rsp\n pop %rbp\n pop %rbx\n ret\n .size call_free, .-call_free\n");
int main(void) {
  unsigned char in[1088], out[1088];
  int changed = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < sizeof in; ++i) in[i] = (unsigned char)(i * 7 + round);
    memcpy(out, in, sizeof in);
    call_free(malloc(10), in, out);
    changed += memcmp(in, out, sizeof in) != 0;
  }
  printf("changed %d\n", changed);
}
