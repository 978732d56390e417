// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A free that is called with the allocator's plain mutex held, and a malloc that takes it: nothing deadlocks.
//
// build: program -O1 -pthread
// truth: clean
// deadline: 8
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *__libc_malloc(size_t);
void __libc_free(void *);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int held;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!held)
    pthread_mutex_lock(&lock);
  else if (n == 64) {
    pthread_mutex_lock(&lock);
  }
  void *p = n <= 256 ? pool_take(n) : __libc_malloc(n);
  if (!held) pthread_mutex_unlock(&lock);
  return p;
}
__attribute__((noinline)) void free(void *p) {
  if (p && !pool_has(p)) __libc_free(p);
}
int main(void) {
  void *large = malloc(5000), *small = malloc(50);
  pthread_mutex_lock(&lock);
  held = 1;
  free(large);
  free(small);
  held = 0;
  pthread_mutex_unlock(&lock);
  puts("done");
}
