// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A hidden free that changes no register but rax leaves every other general and vector register as it was.
//
// build: program -O2
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__asm__(
    ".text\n .globl malloc, free\n .type malloc,@function\n .type free,@function\n"
    "malloc: lea arena(%rip), %rax\n add used(%rip), %rax\n addq $64, used(%rip)\n ret\n .size malloc, .-malloc\n"
    "free: incq count(%rip)\n mov count(%rip), %rax\n ret\n .size free, .-free\n"
    ".local arena\n .comm arena, 1048576, 64\n .data\n used: .quad 0\n count: .quad 0\n .text\n");
struct registers {
  unsigned long general[8];
  unsigned char vectors[16][16];
};
// Fills rcx, rdx, rsi, r8 to r11 and all of xmm from `in`, calls free, and stores them in `out`.
void call_free(void *block, const struct registers *in, struct registers *out);
__asm__(
    ".text\n .type call_free,@function\n call_free: push %rbx\n push %rbp\n sub $8, %rsp\n mov %rdx, %rbp\n mov %rsi, "
    "%rbx\n"
    ".set i, 0\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n movups 64+16*\\n(%rbx), %xmm\\n\n .endr\n"
    "mov 0(%rbx), %rcx\n mov 8(%rbx), %rdx\n mov 16(%rbx), %rsi\n mov 24(%rbx), %r8\n mov 32(%rbx), %r9\n"
    "mov 40(%rbx), %r10\n mov 48(%rbx), %r11\n"
    "call free\n"
    "mov %rcx, 0(%rbp)\n mov %rdx, 8(%rbp)\n mov %rsi, 16(%rbp)\n mov %r8, 24(%rbp)\n mov %r9, 32(%rbp)\n"
    "mov %r10, 40(%rbp)\n mov %r11, 48(%rbp)\n mov %rdi, 56(%rbp)\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n movups %xmm\\n, 64+16*\\n(%rbp)\n .endr\n"
    "add $8, %rsp\n pop %rbp\n pop %rbx\n ret\n .size call_free, .-call_free\n");
int main(void) {
  struct registers in, out;
  int changed = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < sizeof in; ++i) ((unsigned char *)&in)[i] = (unsigned char)(i * 7 + round);
    void *block = malloc(8);
    call_free(block, &in, &out);
    in.general[7] = (unsigned long)block;
    if (memcmp(&in, &out, sizeof in)) ++changed;
  }
  char text[32];
  int n = sprintf(text, "changed %d\n", changed);
  fwrite(text, 1, n, stdout);
  return changed;
}
