// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread is cancelled in a system call inside its own free, with cleanup handlers, while a stranger's block is on its
// way.
//
// build: program -O1 -pthread -fexceptions
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=10
// policies: report
// prints: 10 cleaned
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/libc.h"
#include "truth/include/pool.h"
void *malloc(size_t n) { return pool_take(n); }
static volatile int released, waiting, cleaned;
static int pipes[2];
static void clean(void *p) { ++cleaned; }
void free(void *p) {
  if (p && !pool_has(p)) {
    pthread_cleanup_push(clean, 0);
    char c;
    waiting = 1;
    read(pipes[0], &c, 1);
    pthread_cleanup_pop(0);
  }
  ++released;
}
static void *run(void *p) {
  free(malloc(10));
  free(__libc_malloc(10));
  return 0;
}
int main(void) {
  pipe(pipes);
  for (int i = 0; i < 10; ++i) {
    pthread_t t;
    waiting = 0;
    pthread_create(&t, 0, run, 0);
    while (!waiting) sched_yield();
    pthread_cancel(t);
    pthread_join(t, 0);
  }
  printf("%d cleaned\n", cleaned);
}
