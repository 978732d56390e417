// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mallopt moves the thresholds, arenas are limited, tops are trimmed: blocks change between the break and mappings.
//
// build: program -O1 -pthread
// truth: clean
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *run(void *unused) {
  void *blocks[100];
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) blocks[i] = malloc((size_t)(i * 1500 + round * 100));
    for (int i = 0; i < 100; ++i) blocks[i] = realloc(blocks[i], (size_t)((100 - i) * 1700 + 1));
    for (int i = 0; i < 100; ++i) free(blocks[i]);
    malloc_trim(0);
  }
  return unused;
}
int main(void) {
  mallopt(M_MMAP_THRESHOLD, 20000);
  mallopt(M_TRIM_THRESHOLD, 4096);
  mallopt(M_TOP_PAD, 0);
  mallopt(M_ARENA_MAX, 2);
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], 0, run, 0);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  run(0);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  run(0);
  puts("done");
}
