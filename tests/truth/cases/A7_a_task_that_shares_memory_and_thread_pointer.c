// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A task of clone(CLONE_VM) without a thread pointer of its own uses the program's allocator beside the first one.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#define POOL_MEMORY POOL_MMAP
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include "truth/include/pool.h"
static volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) { __sync_fetch_and_add(&released, p != 0); }
static char stack[1 << 18] __attribute__((aligned(64)));
static int work(void *unused) {
  for (int i = 0; i < 5000; ++i) {
    char *p = malloc(8);
    *p = 1;
    free(p);
  }
  return 0;
}
int main(void) {
  int pid = clone(work, stack + sizeof stack, CLONE_VM | SIGCHLD, 0);
  work(0);
  int status;
  waitpid(pid, &status, 0);
  printf("%lu %d\n", released, status);
}
