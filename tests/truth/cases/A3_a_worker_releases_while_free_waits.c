// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's free gives each block to a worker thread and waits until that one has released it.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
static sem_t work, ready;
static void *given;
static volatile int running;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  if (!running) {
    __libc_free(p);
    return;
  }
  given = p;
  sem_post(&work);
  sem_wait(&ready);
}
static void *run(void *unused) {
  for (;;) {
    sem_wait(&work);
    if (!given) return unused;
    __libc_free(given);
    sem_post(&ready);
  }
}
int main(void) {
  sem_init(&work, 0, 0);
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, 0, run, 0);
  running = 1;
  for (int i = 0; i < 50; ++i) {
    free(malloc(100));
    free(calloc(2, 50));
    free(realloc(0, 30));
  }
  running = 0;
  given = 0;
  sem_post(&work);
  pthread_join(thread, 0);
  puts("done");
}
