// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads resize blocks over 32 MiB, which libc moves with mremap, while others get the addresses that become free.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *run(void *number) {
  for (int i = 0; i < 60; ++i) {
    size_t size = (33ul << 20) + (size_t)((i * 7 + (long)number * 3) % 11) * (3 << 20);
    char *p = malloc(size);
    p = realloc(p, size * 2);
    p[0] = 1;
    p = realloc(p, size / 2);
    p = realloc(p, 100);
    free(p);
  }
  return 0;
}
int main(void) {
  pthread_t threads[6];
  for (long i = 0; i < 6; ++i) pthread_create(&threads[i], 0, run, (void *)i);
  for (int i = 0; i < 6; ++i) pthread_join(threads[i], 0);
  puts("done");
}
