// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A malloc, realloc and calloc that change only rax leave every other register alone, vector registers included.
//
// build: program -O2
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__asm__(
    ".text\n"
    ".irp name,malloc,calloc,realloc,aligned_alloc\n .globl \\name\n .type \\name,@function\n"
    "\\name: lea arena(%rip), %rax\n add used(%rip), %rax\n addq $4096, used(%rip)\n ret\n .size \\name, .-\\name\n "
    ".endr\n"
    ".globl free\n .type free,@function\nfree: lea count(%rip), %rax\n incq (%rax)\n ret\n .size free, .-free\n"
    ".local arena\n .comm arena, 8388608, 64\n .data\n used: .quad 0\n count: .quad 0\n .text\n");
struct registers {
  unsigned long general[8];
  unsigned char vectors[16][16];
};
void call_it(void *function, const struct registers *in, struct registers *out);
__asm__(
    ".text\n .type call_it,@function\n call_it: push %rbx\n push %rbp\n push %rdi\n mov %rdx, %rbp\n mov %rsi, %rbx\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n movups 64+16*\\n(%rbx), %xmm\\n\n .endr\n"
    "mov 0(%rbx), %rcx\n mov 8(%rbx), %rdx\n mov 16(%rbx), %rsi\n mov 24(%rbx), %r8\n mov 32(%rbx), %r9\n"
    "mov 40(%rbx), %r10\n mov 48(%rbx), %r11\n mov 56(%rbx), %rdi\n"
    "call *(%rsp)\n"
    "mov %rcx, 0(%rbp)\n mov %rdx, 8(%rbp)\n mov %rsi, 16(%rbp)\n mov %r8, 24(%rbp)\n mov %r9, 32(%rbp)\n"
    "mov %r10, 40(%rbp)\n mov %r11, 48(%rbp)\n mov %rdi, 56(%rbp)\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n movups %xmm\\n, 64+16*\\n(%rbp)\n .endr\n"
    "pop %rdi\n pop %rbp\n pop %rbx\n ret\n .size call_it, .-call_it\n");
int main(void) {
  void *functions[] = {(void *)malloc, (void *)calloc, (void *)realloc, (void *)aligned_alloc};
  int changed = 0;
  for (int round = 0; round < 100; ++round)
    for (int f = 0; f < 4; ++f) {
      struct registers in, out;
      for (size_t i = 0; i < sizeof in; ++i) ((unsigned char *)&in)[i] = (unsigned char)(i * 7 + round);
      in.general[7] = f == 2 ? (unsigned long)malloc(8) : 16;
      in.general[2] = 32;
      in.general[1] = 8;
      call_it(functions[f], &in, &out);
      if (memcmp(&in, &out, sizeof in)) ++changed;
    }
  char text[32];
  int n = sprintf(text, "changed %d\n", changed);
  fwrite(text, 1, n, stdout);
  return changed > 0;
}
