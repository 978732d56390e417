// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An own free that runs the rest of itself on another stack, by hand, and comes back.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static char stack[16384] __attribute__((aligned(64)));
long on_stack(long (*f)(void *), void *p, void *top);
__asm__(
    ".text\n.globl on_stack\n.type on_stack,@function\non_stack: push %rbp\n mov %rsp,%rbp\n mov %rdi,%rax\n mov "
    "%rsi,%rdi\n mov %rdx,%rsp\n call *%rax\n mov %rbp,%rsp\n pop %rbp\n ret\n.size on_stack,.-on_stack\n");
static volatile int released;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
static long rest(void *p) {
  ++released;
  return released;
}
static long more(void *p) {
  void *q = malloc(10);
  free(q);
  return on_stack(rest, p, stack + 8192);
}
__attribute__((noinline)) void free(void *p) {
  static int depth;
  if (depth++ == 0)
    on_stack(more, p, stack + sizeof stack);
  else
    on_stack(rest, p, stack + 4096);
  --depth;
}
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(10));
  printf("%d\n", released);
}
