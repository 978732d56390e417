// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads with arenas of their own, a fork, and releases in the child of what other threads allocated.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void *blocks[8][100];
static void *run(void *number) {
  for (int i = 0; i < 100; ++i) blocks[(long)number][i] = malloc((size_t)(i * 37 + 10));
  return 0;
}
int main(void) {
  pthread_t threads[8];
  for (long i = 0; i < 8; ++i) pthread_create(&threads[i], 0, run, (void *)i);
  for (int i = 0; i < 8; ++i) pthread_join(threads[i], 0);
  for (int round = 0; round < 5; ++round) {
    pid_t pid = fork();
    if (pid == 0) {
      for (int t = 0; t < 8; ++t)
        for (int i = 0; i < 100; ++i) free(realloc(blocks[t][i], (size_t)i * 50 + 1));
      _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    if (status) printf("%d\n", status);
  }
  for (int t = 0; t < 8; ++t)
    for (int i = 0; i < 100; ++i) free(blocks[t][i]);
  puts("done");
}
