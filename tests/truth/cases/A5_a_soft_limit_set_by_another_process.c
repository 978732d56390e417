// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Another process lowers the soft limit on address space of this one, which then allocates in every way.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static void *run(void *p) { return malloc(200 << 20); }
int main(void) {
  pid_t me = getpid();
  if (fork() == 0) {
    struct rlimit l;
    prlimit(me, RLIMIT_AS, 0, &l);
    l.rlim_cur = 2ul << 30;
    prlimit(me, RLIMIT_AS, &l, 0);
    _exit(0);
  }
  wait(0);
  void *a = mmap(0, 300 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *b = mmap(0, 3ul << 30, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *p = malloc(300 << 20), *q = realloc(p, 400 << 20), *r = malloc(3ul << 30);
  pthread_t t;
  void *s = 0;
  pthread_create(&t, 0, run, 0);
  pthread_join(t, &s);
  struct rlimit l;
  getrlimit(RLIMIT_AS, &l);
  printf("%d %d %d %d %d %lu\n", a != MAP_FAILED, b != MAP_FAILED, q != 0, r != 0, s != 0, (unsigned long)l.rlim_cur);
}
