// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's free gives strangers' blocks to a new thread each, and waits for it.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static void *body(void *p) {
  __libc_free(p);
  return 0;
}
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void *calloc(size_t c, size_t n) { return memset(pool_take(c * n), 0, c * n); }
__attribute__((noinline)) void *realloc(void *p, size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p || pool_has(p)) return;
  pthread_t thread;
  pthread_create(&thread, 0, body, p);
  pthread_join(thread, 0);
}
int main(void) {
  for (int i = 0; i < 30; ++i) {
    free(malloc(10));
    free(__libc_malloc(10));
  }
  puts("done");
}
