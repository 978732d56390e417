/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The workload for two C libraries: random replacement on one or more threads, in C alone, because musl has no C++
 * library here. The same source is compiled by the project's compiler and by musl-gcc, so the libc with its malloc is
 * all that differs. Its line is that of the other workloads (main.cpp).
 *
 *   threads random-replacement [--scale X] [--threads N] [--live N] [--seed N]
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { SMALLEST = 16, LARGEST = 1024, THREADS = 64 };

struct work {
  uint64_t state;
  uint64_t operations;
  size_t live;
  int nonsense;
};

static uint64_t next_random(struct work *work) {
  work->state ^= work->state >> 12;
  work->state ^= work->state << 25;
  work->state ^= work->state >> 27;
  return (work->state * 0x2545F4914F6CDD1Du) >> 32;
}

/* A block begins with its size and a key, and ends with the key. */
static unsigned char *take(struct work *work) {
  const uint32_t size = SMALLEST + (uint32_t)(next_random(work) % (LARGEST - SMALLEST + 1));
  const uint32_t key = (uint32_t)next_random(work);
  unsigned char *const block = malloc(size);
  if (block == NULL) abort();
  memcpy(block, &size, sizeof size);
  memcpy(block + sizeof size, &key, sizeof key);
  memcpy(block + size - sizeof key, &key, sizeof key);
  return block;
}

static void give(struct work *work, unsigned char *block) {
  uint32_t size = 0;
  memcpy(&size, block, sizeof size);
  if (size < SMALLEST || size > LARGEST || memcmp(block + sizeof size, block + size - sizeof size, sizeof size) != 0)
    work->nonsense = 1;
  free(block);
}

static void *replace(void *argument) {
  struct work *const work = argument;
  unsigned char **const blocks = calloc(work->live, sizeof *blocks);
  if (blocks == NULL) abort();
  for (size_t i = 0; i < work->live; ++i) blocks[i] = take(work);
  for (uint64_t i = 0; i < work->operations && !work->nonsense; ++i) {
    unsigned char **const place = &blocks[next_random(work) % work->live];
    give(work, *place);
    *place = take(work);
  }
  for (size_t i = 0; i < work->live; ++i) give(work, blocks[i]);
  free(blocks);
  return NULL;
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Since the program was executed; getrusage's starts with the size of the process that executed us. */
static long peak_kib(void) {
  FILE *const file = fopen("/proc/self/status", "re");
  char line[256];
  long peak = -1;
  if (file == NULL) return -1;
  while (fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "VmHWM: %ld kB", &peak) == 1) break;
  fclose(file);
  return peak;
}

int main(int count, char **word) {
  double scale = 1;
  long threads = 1;
  long live = 1000;
  long seed = 1;
  if (count < 2 || strcmp(word[1], "random-replacement") != 0 || count % 2 != 0) return 2;
  for (int i = 2; i < count; i += 2) {
    if (strcmp(word[i], "--scale") == 0)
      scale = atof(word[i + 1]);
    else if (strcmp(word[i], "--threads") == 0)
      threads = atol(word[i + 1]);
    else if (strcmp(word[i], "--live") == 0)
      live = atol(word[i + 1]);
    else if (strcmp(word[i], "--seed") == 0)
      seed = atol(word[i + 1]);
    else
      return 2;
  }
  if (!(scale > 0) || threads < 1 || threads > THREADS || live < 1) return 2;
  struct work works[THREADS];
  pthread_t running[THREADS];
  const uint64_t each = (uint64_t)(scale * 4e6 / (double)threads) + 1;
  const double start = seconds();
  for (long i = 0; i < threads; ++i) {
    works[i] = (struct work){.state = (uint64_t)(seed * 1000 + i) * 0x9E3779B97F4A7C15u + 1,
                             .operations = each,
                             .live = (size_t)live,
                             .nonsense = 0};
    if (pthread_create(&running[i], NULL, replace, &works[i]) != 0) return 3;
  }
  int nonsense = 0;
  for (long i = 0; i < threads; ++i) {
    pthread_join(running[i], NULL);
    nonsense |= works[i].nonsense;
  }
  const double took = seconds() - start;
  if (nonsense) {
    fprintf(stderr, "workloads: %s: computed nonsense: a block does not hold what was written to it\n", word[1]);
    return 1;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double operations = (double)each * (double)threads;
  printf(
      "{\"workload\": \"random-replacement\", \"seed\": %ld, \"operations\": %.0f, \"checked\": %.0f, "
      "\"seconds\": %.6f, \"processor_seconds\": %.6f, \"ns_an_operation\": %.3f, \"peak_kib\": %ld, "
      "\"end_kib\": 0, \"malloc\": \"libc\", \"second_heap\": \"\", \"figures\": {}}\n",
      seed, operations, operations, took,
      (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
          (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
      took * 1e9 / operations, peak_kib());
  return 0;
}
