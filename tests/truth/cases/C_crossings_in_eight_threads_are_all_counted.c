// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Eight threads make a thousand crossings each, at once.
//
// build: program -O1 -pthread
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=8000
// prints: done
#include <pthread.h>
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
static pthread_barrier_t barrier;
static void *run(void *unused) {
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 1000; ++i) free(__libc_malloc(32));
  return unused;
}
int main(void) {
  // libc's allocator sets itself up in its first call, without a lock: pthread_create usually makes that call, by
  // malloc, while there is one thread. Here malloc is the program's own, and eight first calls at once would spoil the
  // heap.
  __libc_free(__libc_malloc(10));
  free(malloc(10));
  pthread_t threads[8];
  pthread_barrier_init(&barrier, 0, 8);
  for (int i = 0; i < 8; ++i) pthread_create(&threads[i], 0, run, 0);
  for (int i = 0; i < 8; ++i) pthread_join(threads[i], 0);
  puts("done");
}
