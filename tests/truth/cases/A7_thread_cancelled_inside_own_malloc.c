// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread is cancelled while it waits inside the program's own malloc: its clean-up handlers run, as alone.
//
// build: program -O1 -pthread -fexceptions
// truth: clean
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "truth/include/libc.h"
static sem_t inside, never;
static volatile int cleaned;
static __thread int wait_here;
__attribute__((noinline)) void *malloc(size_t n) {
  if (wait_here) {
    sem_post(&inside);
    sem_wait(&never);
  }
  return __libc_malloc(n);
}
__attribute__((noinline)) void free(void *p) { __libc_free(p); }
static void clean(void *unused) { ++cleaned; }
static void *run(void *unused) {
  pthread_cleanup_push(clean, 0);
  wait_here = 1;
  free(malloc(10));
  pthread_cleanup_pop(0);
  return unused;
}
int main(void) {
  sem_init(&inside, 0, 0);
  sem_init(&never, 0, 0);
  for (int i = 0; i < 5; ++i) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, 0, run, 0);
    sem_wait(&inside);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    free(malloc(10));
  }
  printf("%d\n", cleaned);
}
