// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Hand-made coroutines begin at the very top of their stack, beside a page that nobody may read.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
static void *caller_stack;
static void **own_stack;
static volatile int finished;
void switch_stacks(void **save, void *to);
__asm__(
    ".text\n .type switch_stacks,@function\n switch_stacks: push %rbp\n push %rbx\n push %r12\n push %r13\n push "
    "%r14\n push %r15\n"
    "mov %rsp, (%rdi)\n mov %rsi, %rsp\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n ret\n"
    ".size switch_stacks, .-switch_stacks\n");
static void *coroutine_stack;
static void body(void) {
  for (int i = 0; i < 10; ++i) {
    void *p = malloc(100 + i);
    p = realloc(p, 3000);
    free(p);
  }
  finished = 1;
  switch_stacks(&coroutine_stack, caller_stack);
}
int main(void) {
  for (int i = 0; i < 5; ++i) {
    char *memory = mmap(0, 20 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory, 4096, PROT_NONE);
    mprotect(memory + 19 * 4096, 4096, PROT_NONE);
    void **top = (void **)(memory + 19 * 4096);
    *--top = 0;
    *--top = (void *)body;
    top -= 6;
    switch_stacks(&caller_stack, top);
    munmap(memory, 20 * 4096);
  }
  printf("%d\n", finished);
}
