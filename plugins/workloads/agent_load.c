// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loads by which the agent's cost is measured (agent_table.sh), each 20 frames deep. Prints nanoseconds an
// operation (an allocation and a release) and the KiB of memory that are the process's own: written to, and shared
// with nobody.
//
//   agent_load replacement LIVE COUNT    a random one of LIVE blocks of 16 to 1,024 bytes is replaced each time
//   agent_load cross COUNT               one thread allocates, another releases
//   agent_load batch COUNT               64 are allocated, then released; the time of the allocations alone
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 20, RING = 1024, BATCH = 64 };

static long live = 1;
static long count;
static int crosses;
static int batches;
static double spent;
static char **blocks;
static char *_Atomic ring[RING];

static uint64_t state = 88172645463325252u;
static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static char *allocate(void) {
  const size_t size = 16 + next_random() % 1009;
  char *block = malloc(size);
  if (block == NULL) abort();
  block[0] = block[size - 1] = 1;
  return block;
}

static void *release_all(void *unused) {
  for (long i = 0; i < count; ++i) {
    char *block = NULL;
    while ((block = atomic_exchange(&ring[i % RING], NULL)) == NULL) sched_yield();
    free(block);
  }
  return unused;
}

static void pass_all(void) {
  for (long i = 0; i < count; ++i) {
    char *const block = allocate();
    char *expected = NULL;
    while (!atomic_compare_exchange_weak(&ring[i % RING], &expected, block)) {
      expected = NULL;
      sched_yield();
    }
  }
}

static void replace_all(void) {
  for (long i = 0; i < count; ++i) {
    char **const place = &blocks[next_random() % (uint64_t)live];
    free(*place);
    *place = allocate();
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void allocate_in_batches(void) {
  char *batch[BATCH];
  for (long i = 0; i < count; i += BATCH) {
    const double start = now();
    for (int b = 0; b < BATCH; ++b) batch[b] = allocate();
    spent += now() - start;
    for (int b = 0; b < BATCH; ++b) free(batch[b]);
  }
}

__attribute__((noinline)) static void deeper(int frames) {
  if (frames > 0)
    deeper(frames - 1);
  else if (crosses)
    pass_all();
  else if (batches)
    allocate_in_batches();
  else
    replace_all();
  __asm__ volatile("" ::: "memory");  // no tail call: each level is a frame
}

static long own_memory(void) {
  char line[128];
  long size = 0;
  FILE *const map = fopen("/proc/self/smaps_rollup", "re");
  if (map == NULL) return -1;
  while (fgets(line, sizeof line, map) != NULL)
    if (sscanf(line, "Private_Dirty: %ld", &size) == 1) break;
  fclose(map);
  return size;
}

int main(int words, char **word) {
  crosses = words == 3 && strcmp(word[1], "cross") == 0;
  batches = words == 3 && strcmp(word[1], "batch") == 0;
  if (!crosses && !batches && (words != 4 || strcmp(word[1], "replacement") != 0)) return 2;
  if (words == 4) live = atol(word[2]);
  count = atol(word[words - 1]);
  blocks = calloc((size_t)live, sizeof *blocks);
  if (blocks == NULL) return 3;
  if (words == 4)
    for (long i = 0; i < live; ++i) blocks[i] = allocate();
  pthread_t releaser = 0;
  const double start = now();
  if (crosses && pthread_create(&releaser, NULL, release_all, NULL) != 0) return 3;
  deeper(FRAMES - 4);  // below are main, two of libc's and _start
  if (crosses) pthread_join(releaser, NULL);
  const double took = batches ? spent : now() - start;
  printf("%.2f\t%ld\n", took / (double)count, own_memory());
  return 0;
}
