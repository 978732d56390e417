// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libc's malloc, calloc, realloc and free called from a stack that is only 8-aligned: alone it works.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
void misaligned(void (*what)(void));
void *call_odd(void *(*function)(size_t), size_t n);
__asm__(
    ".text\n .type call_odd,@function\n call_odd: push %rbx\n mov %rsp, %rbx\n and $-16, %rsp\n sub $8, %rsp\n mov "
    "%rdi, %rax\n"
    "mov %rsi, %rdi\n call *%rax\n mov %rbx, %rsp\n pop %rbx\n ret\n .size call_odd, .-call_odd\n");
int main(void) {
  for (int i = 0; i < 50; ++i) {
    void *p = call_odd(malloc, 100 + i);
    call_odd((void *(*)(size_t))free, (size_t)p);
  }
  puts("done");
}
