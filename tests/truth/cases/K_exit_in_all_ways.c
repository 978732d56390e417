// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Children end by exit, _exit, quick_exit, abort, an exit in a thread and pthread_exit of the last thread.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void handler(void) { free(malloc(10)); }
static void *run(void *how) {
  if (how) exit(7);
  free(malloc(50));
  return 0;
}
int main(void) {
  for (int how = 0; how < 6; ++how) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
      atexit(handler);
      at_quick_exit(handler);
      pthread_t thread;
      if (how == 0) exit(1);
      if (how == 1) _exit(2);
      if (how == 2) quick_exit(3);
      if (how == 3) abort();
      if (how == 4) {
        pthread_create(&thread, 0, run, &thread);
        pause();
      }
      pthread_create(&thread, 0, run, 0);
      pthread_exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    printf("%d\n", status);
  }
}
