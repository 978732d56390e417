// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread that begins before the filter makes crossings of three kinds under it.
//
// build: program -O1 -pthread
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=10
// truth: XH202 realloc owner=libc.so.6:glibc releaser=program count=10
// prints: done
// abort: 134
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>
#include "truth/include/filter.h"
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
static sem_t ready, go, done;
static void *run(void *unused) {
  void *a[10], *b[10];
  for (int i = 0; i < 10; ++i) a[i] = __libc_malloc(50), b[i] = __libc_malloc(60);
  sem_post(&ready);
  sem_wait(&go);
  for (int i = 0; i < 10; ++i) free(a[i]);
  for (int i = 0; i < 10; ++i) {
    void *p = realloc(b[i], 200);
    (void)p;
  }
  sem_post(&done);
  pause();
  return unused;
}
int main(void) {
  pthread_t thread;
  sem_init(&ready, 0, 0);
  sem_init(&go, 0, 0);
  sem_init(&done, 0, 0);
  pthread_create(&thread, 0, run, 0);
  sem_wait(&ready);
  free(malloc(1));
  deny_everywhere(
      (const int[]){SYS_getpid, SYS_gettid, SYS_getppid, SYS_mprotect, SYS_madvise, SYS_openat, SYS_readlink,
                    SYS_clock_gettime, SYS_rt_sigprocmask, SYS_gettimeofday, SYS_membarrier, SYS_sched_yield},
      12);
  sem_post(&go);
  sem_wait(&done);
  write(1, "done\n", 5);
  _exit(0);
}
