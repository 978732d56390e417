// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads end inside a pool's free; what that passes on to libc later is no crossing.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include "truth/include/libc.h"
static char pool[1 << 20];
static size_t used;
static int ends, n;
static void *held[300];
__attribute__((noinline, noclone)) void *malloc(size_t k) {
  void *p = pool + used;
  used += (k + 31) & ~15ul;
  return p;
}
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || ((char *)p >= pool && (char *)p < pool + sizeof pool)) return;
  if (ends) {
    __libc_free(p);
    pthread_exit(0);
  }
  n++;
  __libc_free(p);
}
static void *t(void *a) {
  free(__libc_malloc(24));
  return 0;
}
int main(void) {
  ends = 1;
  for (int i = 0; i < 300; ++i) {
    pthread_t th;
    pthread_create(&th, 0, t, 0);
    pthread_join(th, 0);
  }
  ends = 0;
  for (int i = 0; i < 1000; ++i) {
    free(__libc_malloc(24 + i));
    free(malloc(3));
  }
  printf("%d\n", n);
}
