// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two threads grow and shrink blocks of 40 MiB two thousand times: what one leaves the other has by then.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *run(void *number) {
  char *p = malloc(40ul << 20);
  for (int i = 0; i < 500; ++i) {
    p = realloc(p, (size_t)(34 + (i * 13 + (long)number * 5) % 60) << 20);
    char *q = malloc(33ul << 20);
    p[0] = q[0] = 1;
    free(q);
  }
  free(p);
  return 0;
}
int main(void) {
  pthread_t threads[4];
  for (long i = 0; i < 4; ++i) pthread_create(&threads[i], 0, run, (void *)i);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  puts("done");
}
