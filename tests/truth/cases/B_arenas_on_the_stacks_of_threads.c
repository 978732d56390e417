// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each thread's allocator begins with an array on the thread's own stack, and goes on in mapped memory.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static __thread char *begin, *end;
static volatile long released;
__attribute__((noinline)) void *malloc(size_t n) {
  n = (n + 31) & ~15ul;
  if (begin && begin + n <= end) {
    begin += n;
    return begin - n;
  }
  return pool_take(n);
}
__attribute__((noinline)) void free(void *p) {
  if (p) __sync_fetch_and_add(&released, 1);
}
static void *body(void *unused) {
  char room[16384] __attribute__((aligned(4096)));
  begin = room;
  end = room + sizeof room;
  for (int i = 0; i < 600; ++i) free(malloc((size_t)(i % 100)));
  begin = 0;
  return 0;
}
int main(void) {
  for (int round = 0; round < 5; ++round) {
    pthread_t threads[4];
    for (int i = 0; i < 4; ++i) pthread_create(&threads[i], 0, body, 0);
    for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  }
  puts("done");
}
