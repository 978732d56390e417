// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program is built with -fsplit-stack: each function asks for room first.
//
// build: program -O2 -fsplit-stack -pthread
// truth: clean
#define POOL_MEMORY POOL_MMAP
#include <pthread.h>
#include <stdio.h>
#include "truth/include/own.h"
static unsigned long deep(int n) {
  char room[3000];
  memset(room, n, sizeof room);
  char *p = malloc(n + 1);
  *p = room[9];
  unsigned long sum = n > 0 ? deep(n - 1) : 0;
  sum = sum * 3 + *p;
  free(p);
  return sum;
}
static void *work(void *n) { return (void *)deep(50); }
int main(void) {
  pthread_t t;
  pthread_attr_t a;
  pthread_attr_init(&a);
  pthread_attr_setstacksize(&a, 65536);
  pthread_create(&t, &a, work, 0);
  void *r;
  pthread_join(t, &r);
  printf("%lu %lu\n", (unsigned long)r, deep(100));
}
