// SPDX-License-Identifier: MIT OR Apache-2.0
//
// In an assembly file without any type, malloc and free are labels of one loop.
//
// build: program -O1
// truth: clean
#include <stdio.h>
long run(const unsigned char *code);
__asm__(
    ".text\n.globl run\nrun:\n"
    "  push %rbx\n  push %r12\n  mov %rdi,%rbx\n  xor %r12d,%r12d\n"
    "next:\n  movzbl (%rbx),%eax\n  inc %rbx\n  lea table(%rip),%rcx\n  movslq (%rcx,%rax,4),%rax\n  add %rcx,%rax\n  "
    "jmp *%rax\n"
    "malloc:\n  push $7\n  nop\n  nop\n  add $1,%r12\n  jmp next\n"
    "free:\n  pop %rax\n  add %rax,%r12\n  nop\n  nop\n  jmp next\n"
    "done:\n  mov %r12,%rax\n  pop %r12\n  pop %rbx\n  ret\n"
    ".section .rodata\n.p2align 2\ntable: .long malloc-table, free-table, done-table\n.text\n");
int main(void) {
  static const unsigned char code[] = {0, 0, 0, 1, 1, 0, 1, 1, 2};
  printf("%ld\n", run(code));
}
