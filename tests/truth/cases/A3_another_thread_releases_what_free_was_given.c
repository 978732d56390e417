// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's free puts the block into a queue; a thread of its own gives it to libc.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static void *queue[4096];
static unsigned head, tail, finished, released;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  pthread_mutex_lock(&lock);
  queue[head++ % 4096] = p;
  pthread_cond_signal(&more);
  pthread_mutex_unlock(&lock);
}
static void *run(void *unused) {
  pthread_mutex_lock(&lock);
  for (;;) {
    while (tail == head && !finished) pthread_cond_wait(&more, &lock);
    if (tail == head) break;
    __libc_free(queue[tail++ % 4096]);
    ++released;
  }
  pthread_mutex_unlock(&lock);
  return unused;
}
int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, run, 0);
  for (int i = 0; i < 500; ++i) free(malloc(10 + i));
  pthread_mutex_lock(&lock);
  finished = 1;
  pthread_cond_signal(&more);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, 0);
  printf("%d\n", released >= 500);
}
