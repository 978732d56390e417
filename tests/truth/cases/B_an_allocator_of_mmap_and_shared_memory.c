// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Small blocks from mmap, large ones from shmat.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <sys/shm.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  if (n < 10000) return pool_take(n);
  int id = shmget(IPC_PRIVATE, n + 4096, IPC_CREAT | 0600);
  char *p = shmat(id, 0, 0);
  shmctl(id, IPC_RMID, 0);
  *(size_t *)p = n;
  return p + 64;
}
__attribute__((noinline)) void free(void *p) {
  if (p) ++released;
}
int main(void) {
  for (int i = 0; i < 50; ++i) {
    free(malloc(100));
    free(malloc(20000));
  }
  puts("done");
}
