/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Says whose memory it gets through the allocation ABI, through malloc and through libc; with a number of threads, how
 * long these take in batches of 64 blocks.
 */
#include <crossheap/allocator.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kBatch = 64, kRounds = 20000 };

static void *work(void *unused) {
  void *blocks[kBatch];
  (void)unused;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kBatch; ++i) blocks[i] = malloc(16 + (size_t)(round * 7 + i * 13) % 500);
    for (int i = 0; i < kBatch; ++i) free(blocks[i]);
  }
  return NULL;
}

static double timed(int threads) {
  pthread_t running[16];
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int i = 0; i < threads; ++i) pthread_create(&running[i], NULL, work, NULL);
  for (int i = 0; i < threads; ++i) pthread_join(running[i], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

int main(int count, char **words) {
  const struct crossheap_provider *provider = crossheap_provider();
  char *block = crossheap_allocate(100, 64);
  char *text = strdup("a string of libc");
  if (block == NULL || text == NULL || (size_t)block % 64 != 0) return 1;
  printf("the ABI stands on %s, by %s\n", provider->family, provider->resolution);
  crossheap_deallocate(block, 100, 64);
  free(text);
  const int threads = count > 1 ? atoi(words[1]) : 0;
  if (threads > 0 && threads <= 16)
    printf("%d threads: %.0f ns a pair of malloc and free\n", threads, 1e9 * timed(threads) / (kBatch * kRounds));
  return 0;
}
