// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function hands the block on and then ends its thread; another one hands on and ends the process.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/libc.h"
static __thread int leave;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  __libc_free(p);
  if (leave == 1) {
    leave = 0;
    pthread_exit(0);
  }
  if (leave == 2) _exit(7);
}
static void *run(void *unused) {
  void *p = malloc(100);
  leave = 1;
  free(p);
  return unused;
}
int main(void) {
  for (int i = 0; i < 10; ++i) {
    pthread_t thread;
    pthread_create(&thread, 0, run, 0);
    pthread_join(thread, 0);
  }
  pid_t pid = fork();
  if (pid == 0) {
    void *p = malloc(50);
    leave = 2;
    free(p);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
