// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A foreign block in a free that changes no vector register: all of the ymm registers are kept while the finding is
// made.
//
// build: program -O2 -mavx
// needs: cpu:avx
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=100
// route: 0
// prints: changed 0
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__asm__(
    ".text\n .globl malloc, free\n .type malloc,@function\n .type free,@function\n"
    "malloc: lea arena(%rip), %rax\n add used(%rip), %rax\n addq $64, used(%rip)\n ret\n .size malloc, .-malloc\n"
    "free: incq count(%rip)\n mov count(%rip), %rax\n ret\n .size free, .-free\n"
    ".local arena\n .comm arena, 1048576, 64\n .data\n used: .quad 0\n count: .quad 0\n .text\n");
void *__libc_malloc(size_t);
void call_free(void *block, const unsigned char *in, unsigned char *out);
__asm__(
    ".text\n .type call_free,@function\n call_free: push %rbx\n push %rbp\n sub $8, %rsp\n mov %rdx, %rbp\n mov %rsi, "
    "%rbx\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n vmovups 32*\\n(%rbx), %ymm\\n\n .endr\n"
    "call free\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n vmovups %ymm\\n, 32*\\n(%rbp)\n .endr\n"
    "vzeroupper\n add $8, %rsp\n pop %rbp\n pop %rbx\n ret\n .size call_free, .-call_free\n");
int main(void) {
  unsigned char in[512], out[512];
  int changed = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < sizeof in; ++i) in[i] = (unsigned char)(i * 7 + round);
    call_free(__libc_malloc(8), in, out);
    if (memcmp(in, out, sizeof in)) ++changed;
  }
  char text[32];
  int n = sprintf(text, "changed %d\n", changed);
  fwrite(text, 1, n, stdout);
  return changed;
}
