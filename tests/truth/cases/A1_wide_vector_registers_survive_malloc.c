// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All of the ymm registers are kept over a malloc that changes none, with and without a stack to walk.
//
// build: program -O2 -mavx
// needs: cpu:avx
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__asm__(
    ".text\n .globl malloc, free\n .type malloc,@function\n .type free,@function\n"
    "malloc: lea arena(%rip), %rax\n add used(%rip), %rax\n addq $4096, used(%rip)\n ret\n .size malloc, .-malloc\n"
    "free: incq count(%rip)\n mov count(%rip), %rax\n ret\n .size free, .-free\n"
    ".local arena\n .comm arena, 4194304, 64\n .data\n used: .quad 0\n count: .quad 0\n .text\n");
void call_malloc(size_t n, const unsigned char *in, unsigned char *out);
__asm__(
    ".text\n .type call_malloc,@function\n call_malloc: push %rbx\n push %rbp\n sub $8, %rsp\n mov %rdx, %rbp\n mov "
    "%rsi, %rbx\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n vmovups 32*\\n(%rbx), %ymm\\n\n .endr\n"
    "call malloc\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n vmovups %ymm\\n, 32*\\n(%rbp)\n .endr\n"
    "vzeroupper\n add $8, %rsp\n pop %rbp\n pop %rbx\n ret\n .size call_malloc, .-call_malloc\n");
__attribute__((noinline)) static int at_depth(int depth, unsigned char *in) {
  unsigned char out[512];
  if (depth > 0) return at_depth(depth - 1, in) + 0 * depth;
  call_malloc(8, in, out);
  return memcmp(in, out, sizeof out) != 0;
}
int main(void) {
  unsigned char in[512];
  int changed = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < sizeof in; ++i) in[i] = (unsigned char)(i * 7 + round);
    changed += at_depth(round % 20, in);
  }
  char text[32];
  int n = sprintf(text, "changed %d\n", changed);
  fwrite(text, 1, n, stdout);
  return changed > 0;
}
