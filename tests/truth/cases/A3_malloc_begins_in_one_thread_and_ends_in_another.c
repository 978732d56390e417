// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fiber that is inside the program's own malloc is taken up by another thread, where malloc returns.
//
// build: program -O1 -pthread
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/pool.h"
// A switch of stacks that saves only what a call must.
void swap(void **from, void *to);
__asm__(
    ".text\n.type swap,@function\nswap: push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n mov "
    "%rsp,(%rdi)\n mov %rsi,%rsp\n"
    "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n ret\n.size swap,.-swap\n");
static void *fiber, *back;
static int in_fiber, ended;
static char stack[1 << 16] __attribute__((aligned(64)));
__attribute__((noinline)) void *malloc(size_t n) {
  if (in_fiber) swap(&fiber, back);
  return pool_take(n);
}
__attribute__((noinline)) void free(void *p) {
  if (in_fiber) swap(&fiber, back);
}
static unsigned long sum;
static void body(void) {
  for (int i = 0; i < 6; ++i) {
    int *p = malloc(40);
    *p = i;
    sum += *p;
    free(p);
  }
  ended = 1;
  for (;;) swap(&fiber, back);
}
static void *resume(void *unused) {
  in_fiber = 1;
  swap(&back, fiber);
  in_fiber = 0;
  return 0;
}
int main(void) {
  void **top = (void **)(stack + sizeof stack) - 2;
  top[0] = (void *)body;
  fiber = top - 6;
  int rounds = 0;
  while (!ended) {
    pthread_t t;
    if (rounds % 3 == 0)
      resume(0);
    else
      pthread_create(&t, 0, resume, 0), pthread_join(t, 0);
    ++rounds;
  }
  printf("%lu %d\n", sum, rounds);
}
