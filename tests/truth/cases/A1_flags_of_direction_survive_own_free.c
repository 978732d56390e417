// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The direction flag and the carry flag are as the program's own functions in assembly left them.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
__asm__(
    ".text\n.globl free\n.type free,@function\nfree: test %rdi,%rdi\n nop\n nop\n lodsb\n ret\n.size free,.-free\n"
    ".globl malloc\n.type malloc,@function\nmalloc: lea pool(%rip),%rax\n ret\n.size malloc,.-malloc\n.local "
    "pool\n.comm pool,4096,16\n");
long walk(const char *end, long n);
__asm__(
    ".globl walk\n.type walk,@function\nwalk: push %rbx\n push %r12\n push %rbp\n mov %rdi,%rsi\n mov %rsi,%rbx\n xor "
    "%r12,%r12\n mov %rdx,%rbp\n std\n"
    "1: mov $0,%rdi\n call free\n movzbl %al,%eax\n lea (%r12,%r12,2),%r12\n add %rax,%r12\n cmp %rbx,%rsi\n dec "
    "%rbp\n jnz 1b\n cld\n mov %r12,%rax\n pop %rbp\n pop %r12\n pop %rbx\n ret\n");
long walk3(const char *end, long unused, long n) __asm__("walk");
int main(void) {
  static const char text[] = "the quick brown fox jumps over the lazy dog";
  printf("%ld\n", walk3(text + 40, 0, 30));
  (void)malloc(3);
}
