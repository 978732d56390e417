// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Eight threads release large blocks through a shim for the first time at the same moment: no finding, no hang.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#define POOL_BYTES (8 << 20)
#include "truth/include/pool.h"
void *__libc_malloc(size_t);
void __libc_free(void *);
__attribute__((noinline)) void *malloc(size_t n) { return n <= 64 ? pool_take(n) : __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) __libc_free(p);
}
static pthread_barrier_t barrier;
static void *run(void *unused) {
  void *blocks[50];
  for (int i = 0; i < 50; ++i) blocks[i] = malloc(i % 2 ? 32 : 3000);
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 50; ++i) free(blocks[i]);
  return unused;
}
int main(void) {
  pthread_t threads[8];
  pthread_barrier_init(&barrier, 0, 8);
  for (int i = 0; i < 8; ++i) pthread_create(&threads[i], 0, run, 0);
  for (int i = 0; i < 8; ++i) pthread_join(threads[i], 0);
  puts("done");
}
