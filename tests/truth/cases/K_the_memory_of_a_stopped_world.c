// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program forks a child that writes to a pipe while the parent allocates from three threads, time after time.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int finished;
static void *run(void *unused) {
  while (!finished) {
    void *p = malloc(200);
    free(calloc(3, 100));
    free(p);
  }
  return unused;
}
int main(void) {
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i) pthread_create(&threads[i], 0, run, 0);
  int sum = 0;
  for (int i = 0; i < 25; ++i) {
    int ends[2];
    pipe(ends);
    pid_t pid = fork();
    if (pid == 0) {
      char *p = malloc(1000);
      p[0] = (char)i;
      write(ends[1], p, 1);
      free(p);
      _exit(0);
    }
    char c = 0;
    read(ends[0], &c, 1);
    sum += c;
    close(ends[0]);
    close(ends[1]);
    waitpid(pid, 0, 0);
  }
  finished = 1;
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], 0);
  printf("%d\n", sum);
}
