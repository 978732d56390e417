// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A steady load of one kind, and by how many pages the process has grown from the time when it was warm to its end:
//
//   soak_steady allocations COUNT    a thousand live blocks of 16 to 1,024 bytes, one of them replaced each time
//   soak_steady opens COUNT          dlopen, a block released by the plugin, dlclose
//   soak_steady forks COUNT          a child that allocates, releases and ends
//   soak_steady threads COUNT        that many at once, each with blocks that the main thread releases
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long resident(void) {
  long size = 0;
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld", &size, &pages) != 2) abort();
  fclose(file);
  return pages;
}

enum { LIVE = 1000 };
static char *blocks[LIVE];

static void replace_one(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  char **place = &blocks[state % LIVE];
  free(*place);
  *place = malloc(16 + (state >> 32) % 1009);
  if (*place == NULL) abort();
  **place = 1;
}

static void open_one(void) {
  void *plugin = dlopen("./soak_plugin.so", RTLD_NOW);
  if (plugin == NULL) abort();
  void (*release)(void *) = (void (*)(void *))(uintptr_t)dlsym(plugin, "plugin_release");
  release(malloc(100));
  dlclose(plugin);
}

static void fork_one(void) {
  const pid_t child = fork();
  if (child == 0) {
    free(malloc(5000));
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) abort();
}

static pthread_barrier_t all_here;

static void *work(void *unused) {
  (void)unused;
  pthread_barrier_wait(&all_here);
  for (int round = 0; round < 20; ++round) {
    void *own[50];
    for (int i = 0; i < 50; ++i) own[i] = malloc((size_t)(i * 37 % 900 + 1));
    for (int i = 0; i < 50; ++i) free(own[i]);
  }
  return malloc(77);
}

static void run_threads(unsigned count) {
  pthread_t *threads = calloc(count, sizeof *threads);
  if (threads == NULL || pthread_barrier_init(&all_here, NULL, count) != 0) abort();
  for (unsigned i = 0; i < count; ++i)
    if (pthread_create(&threads[i], NULL, work, NULL) != 0) abort();
  for (unsigned i = 0; i < count; ++i) {
    void *block = NULL;
    pthread_join(threads[i], &block);
    free(block);
  }
  free(threads);
}

int main(int words, char **word) {
  if (words != 3) return 2;
  const long count = atol(word[2]);
  if (strcmp(word[1], "threads") == 0) {
    run_threads((unsigned)count);
    puts("0");
    return 0;
  }
  void (*one)(void) = strcmp(word[1], "opens") == 0 ? open_one : strcmp(word[1], "forks") == 0 ? fork_one : replace_one;
  long warm = 0;
  for (long i = 0; i < count; ++i) {
    if (i == count / 10) warm = resident();
    one();
  }
  printf("%ld\n", resident() - warm);
  return 0;
}
