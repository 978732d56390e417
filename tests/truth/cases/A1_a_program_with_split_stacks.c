// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program whose threads run on stacks that grow by pieces (-fsplit-stack), with an own malloc.
//
// needs: ld.gold
// build: program -O2 -fsplit-stack -pthread -fuse-ld=gold
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
__attribute__((noinline)) static unsigned long deep(int n, unsigned long x) {
  char room[300];
  char *p = malloc(20);
  room[n % 300] = (char)(x + (unsigned long)n);
  p[3] = room[n % 300];
  unsigned long sum = n == 0 ? x : deep(n - 1, x * 3 + 1);
  sum += (unsigned char)p[3] + (unsigned char)room[n % 300];
  free(p);
  return sum;
}
static void *run(void *number) { return (void *)deep(500, (unsigned long)number); }
int main(void) {
  unsigned long sum = 0;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 65536);
  for (long i = 0; i < 4; ++i) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, &attributes, run, (void *)i);
    pthread_join(thread, &result);
    sum += (unsigned long)result;
  }
  printf("%lu\n", sum);
}
