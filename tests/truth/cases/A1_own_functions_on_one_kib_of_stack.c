// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Fibers with 1 KiB of stack over a guard page call the program's own malloc and free, which need next to none.
//
// build: program -O2 -fno-stack-protector
// truth: clean
// depths: ownership sites
// limit: docs/agent.md says how much stack a watched call needs: 1.5 KiB at depth stacks
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "truth/include/stacks.h"
__asm__(
    ".text\n .globl malloc, free\n .type malloc,@function\n .type free,@function\n"
    "malloc: lea arena(%rip), %rax\n add used(%rip), %rax\n addq $64, used(%rip)\n ret\n .size malloc, .-malloc\n"
    "free: incq count(%rip)\n ret\n nop\n nop\n .size free, .-free\n"
    ".local arena\n .comm arena, 1048576, 64\n .data\n used: .quad 0\n count: .quad 0\n .text\n");
static void body(void *unused) {
  for (int i = 0; i < 10; ++i) free(malloc(24));
}
int main(void) {
  char *memory = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory, 4096, PROT_NONE);
  for (int i = 0; i < 10; ++i) run_on(memory + 4096 + 1024, body, 0);
  fputs("done\n", stdout);
}
