// SPDX-License-Identifier: MIT OR Apache-2.0
//
// At depth auto one thread makes the first crossing while seven others allocate, resize and release. All goes on, and
// the last crossing shows where its block came from.
//
// build: program -O1 -pthread -rdynamic
// depths: auto
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=2
// report: makes_the_last
// prints: done
#include <pthread.h>
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
static pthread_barrier_t barrier;
static volatile int crossed;
static void *work(void *unused) {
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 2000 || !crossed; ++i) {
    char *p = (char *)__libc_malloc((size_t)(i % 300));
    char *q = (char *)__libc_calloc(3, (size_t)(i % 100));
    if (q[0] != 0) return unused;
    p = (char *)__libc_realloc(p, (size_t)(i % 700 + 1));
    p[0] = 1;
    __libc_free(p);
    __libc_free(q);
  }
  return unused;
}
__attribute__((noinline, noclone)) void *makes_the_last(void) { return __libc_malloc(64); }
int main(void) {
  __libc_free(__libc_malloc(10));
  free(malloc(10));
  pthread_t threads[7];
  pthread_barrier_init(&barrier, 0, 8);
  for (int i = 0; i < 7; ++i) pthread_create(&threads[i], 0, work, 0);
  pthread_barrier_wait(&barrier);
  free(__libc_malloc(32));
  crossed = 1;
  for (int i = 0; i < 7; ++i) pthread_join(threads[i], 0);
  free(makes_the_last());
  puts("done");
}
