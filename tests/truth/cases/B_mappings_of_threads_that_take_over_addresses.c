// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads map, move, shrink and return memory of their own all the time, while others allocate blocks of a few
// megabytes.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
static void *map(void *number) {
  for (int i = 0; i < 120; ++i) {
    size_t size = 1ul << (20 + (i + (long)number) % 7);
    char *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *q = mremap(p, size, size * 2, MREMAP_MAYMOVE);
    q[0] = 1;
    munmap(q + size, size);
    munmap(q, size);
  }
  return 0;
}
static void *allocate(void *number) {
  for (int i = 0; i < 120; ++i) {
    size_t size = 1ul << (18 + (i * 3 + (long)number) % 9);
    char *p = malloc(size);
    p[0] = 1;
    p = realloc(p, size * 2);
    char *q = malloc(300000);
    free(p);
    free(q);
  }
  return 0;
}
int main(void) {
  pthread_t threads[8];
  for (long i = 0; i < 8; ++i) pthread_create(&threads[i], 0, i % 2 ? map : allocate, (void *)i);
  for (int i = 0; i < 8; ++i) pthread_join(threads[i], 0);
  puts("done");
}
