// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own malloc changes rbp, in which its callers keep a counter.
//
// build: program -O2 -fomit-frame-pointer
// truth: clean
#include <stddef.h>
#include <unistd.h>
static char memory[1 << 16] __attribute__((aligned(64), used));
__asm__(
    ".text\n .globl malloc, free\n .type malloc,@function\n .type free,@function\n"
    "malloc: inc %rbp\n nop\n nop\n lea memory(%rip), %rax\n ret\n .size malloc, .-malloc\n"
    "free: test %rdi, %rdi\n je 1f\n add $1000, %rbp\n 1: ret\n .size free, .-free\n");
extern void *malloc(size_t);
extern void free(void *);
long count(void);
__asm__(
    ".text\n .type count,@function\n count: push %rbp\n push %rbx\n sub $8, %rsp\n xor %ebp, %ebp\n mov $50, %ebx\n"
    "1: mov $8, %edi\n call malloc\n mov %rax, %rdi\n call free\n dec %ebx\n jnz 1b\n mov %rbp, %rax\n add $8, %rsp\n"
    "pop %rbx\n pop %rbp\n ret\n .size count, .-count\n");
int main(void) {
  long n = count();
  char text[8];
  for (int i = 6; i >= 0; --i, n /= 10) text[i] = (char)('0' + n % 10);
  text[7] = '\n';
  write(1, text, 8);
  _exit(0);
}
