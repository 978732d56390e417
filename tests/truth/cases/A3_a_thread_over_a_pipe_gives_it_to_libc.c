// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool's free sends strangers over a pipe to a thread, which gives them to libc, and waits for the answer.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static int to[2], from[2], strangers;
__attribute__((noinline, noclone)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || pool_has(p)) return;
  strangers++;
  write(to[1], &p, 8);
  read(from[0], &p, 8);
}
static void *run(void *a) {
  void *p;
  while (read(to[0], &p, 8) == 8 && p) {
    __libc_free(p);
    write(from[1], &p, 8);
  }
  return 0;
}
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  pipe(to);
  pipe(from);
  pthread_t t;
  pthread_create(&t, 0, run, 0);
  for (int i = 0; i < 300; ++i) {
    free(__libc_malloc(i));
    free(malloc(3));
  }
  void *p = 0;
  write(to[1], &p, 8);
  pthread_join(t, 0);
  printf("%d\n", strangers);
}
