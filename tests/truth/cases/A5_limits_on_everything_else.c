// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Limits on files, processes, stack, core, locked memory and file sizes leave the program as it is alone.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static void *run(void *p) { return malloc(30); }
int main(void) {
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_FSIZE, &none);
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_MEMLOCK, &none);
  setrlimit(RLIMIT_MSGQUEUE, &none);
  struct rlimit stack = {1 << 20, 1 << 20};
  setrlimit(RLIMIT_STACK, &stack);
  struct rlimit files = {3, 3};
  setrlimit(RLIMIT_NOFILE, &files);
  printf("%d\n", open("/dev/null", O_RDONLY));
  int sum = 0;
  for (int i = 0; i < 20; ++i) {
    pthread_t t;
    void *p;
    if (pthread_create(&t, 0, run, 0)) continue;
    pthread_join(t, &p);
    free(p);
    ++sum;
  }
  fflush(stdout);
  if (fork() == 0) {
    execl("/bin/true", "true", (char *)0);
    _exit(9);
  }
  int status;
  wait(&status);
  printf("%d %d\n", sum, status);
}
