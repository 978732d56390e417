// SPDX-License-Identifier: MIT OR Apache-2.0
//
// First blocks of each thread come from its thread-local storage, later ones from mmap.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static __thread char early[4096] __attribute__((aligned(64)));
static __thread size_t early_used;
static volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  if (early_used + n + 32 > sizeof early) return pool_take(n);
  void *p = early + early_used;
  early_used += (n + 31) & ~15ul;
  return p;
}
__attribute__((noinline)) void free(void *p) {
  if (p) __sync_fetch_and_add(&released, 1);
}
static void *body(void *unused) {
  for (int i = 0; i < 200; ++i) free(malloc(50));
  return 0;
}
int main(void) {
  pthread_t threads[4];
  body(0);
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], 0, body, 0);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  puts("done");
}
