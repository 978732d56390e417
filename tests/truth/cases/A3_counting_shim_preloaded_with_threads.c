// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A preloaded shim counts each call; threads that meet it first all at once count the same as alone.
//
// build: libshim.so -DLIBRARY -shared -fPIC -O1 -ldl
// build: program -O1 -pthread
// run: env LD_PRELOAD=./libshim.so ./program
// truth: clean
#ifdef LIBRARY
#include "truth/include/libc.h"
unsigned long shim_count;
void *malloc(size_t n) {
  if (n == 64 || n == 77) __sync_fetch_and_add(&shim_count, 1);
  return __libc_malloc(n);
}
void free(void *p) { __libc_free(p); }
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static pthread_barrier_t barrier;
static void *run(void *unused) {
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 100; ++i) free(malloc(77));
  return unused;
}
int main(void) {
  pthread_t threads[8];
  pthread_barrier_init(&barrier, 0, 8);
  for (int i = 0; i < 8; ++i) pthread_create(&threads[i], 0, run, 0);
  for (int i = 0; i < 8; ++i) pthread_join(threads[i], 0);
  printf("%lu\n", *(unsigned long *)dlsym(RTLD_DEFAULT, "shim_count"));
}
#endif
