// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own malloc walks the objects of the process and counts them; another thread counts them meanwhile.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#define POOL_MEMORY POOL_STATIC
#include <stdlib.h>
#include "truth/include/pool.h"
static int counted, wait_inside;
static sem_t inside, go_on;
static int count_one(struct dl_phdr_info *info, size_t size, void *count) { return ++*(int *)count, 0; }
__attribute__((noinline)) void *malloc(size_t n) {
  if (n == 4242) {
    counted = 0;
    dl_iterate_phdr(count_one, &counted);
    if (wait_inside) {
      sem_post(&inside);
      sem_wait(&go_on);
    }
  }
  return pool_take(n);
}
static volatile int released;
__attribute__((noinline)) void free(void *p) { ++released; }
static void *run(void *unused) {
  free(malloc(4242));
  return unused;
}
int main(void) {
  int outside = 0, meanwhile = 0;
  sem_init(&inside, 0, 0);
  sem_init(&go_on, 0, 0);
  dl_iterate_phdr(count_one, &outside);
  free(malloc(4242));
  int within = counted;
  wait_inside = 1;
  pthread_t thread;
  pthread_create(&thread, 0, run, 0);
  sem_wait(&inside);
  dl_iterate_phdr(count_one, &meanwhile);
  sem_post(&go_on);
  pthread_join(thread, 0);
  printf("%d %d\n", outside == meanwhile, outside == within);
}
