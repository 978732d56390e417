// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Four threads each switch between fibers that allocate, leave own malloc by longjmp, and catch signals on their
// stacks.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include "truth/include/libc.h"
static __thread jmp_buf back;
static __thread int leave;
__attribute__((noinline)) void *malloc(size_t n) {
  if (leave && n == 333) longjmp(back, 1);
  return __libc_malloc(n);
}
static __thread ucontext_t outer, inner[3];
static __thread unsigned long sum;
static void fiber(int self) {
  for (int i = 0; i < 50; ++i) {
    void *p = malloc((size_t)(i * 10 + self));
    swapcontext(&inner[self], &outer);
    __libc_free(p);
    ++sum;
  }
}
static void *run(void *unused) {
  for (int i = 0; i < 3; ++i) {
    getcontext(&inner[i]);
    inner[i].uc_stack.ss_sp = __libc_malloc(1 << 15);
    inner[i].uc_stack.ss_size = 1 << 15;
    inner[i].uc_link = &outer;
    makecontext(&inner[i], (void (*)(void))fiber, 1, i);
  }
  for (volatile int round = 0; round < 51; ++round) {
    for (volatile int i = 0; i < 3; ++i) swapcontext(&outer, &inner[i]);
    if (setjmp(back) == 0) {
      leave = 1;
      __libc_free(malloc(333));
    }
    leave = 0;
  }
  return (void *)sum;
}
int main(void) {
  pthread_t threads[4];
  unsigned long all = 0;
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], 0, run, 0);
  for (int i = 0; i < 4; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    all += (unsigned long)result;
  }
  printf("%lu\n", all);
}
