// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fiber is left inside the pool's free in one thread and goes on in another.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "truth/include/libc.h"
static char pool[1 << 22];
static size_t used;
static int strangers;
static ucontext_t back[3], fiber;
static volatile int inside, over;
static volatile __thread int me;
__attribute__((noinline, noclone)) void *malloc(size_t n) {
  void *p = pool + __sync_fetch_and_add(&used, (n + 31) & ~15ul);
  return p;
}
__attribute__((noinline)) static int self(void) { return me; }
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || ((char *)p >= pool && (char *)p < pool + sizeof pool)) return;
  strangers++;
  if (inside) swapcontext(&fiber, &back[self()]);
  __libc_free(p);
}
static void body(void) {
  inside = 1;
  for (int i = 0; i < 600; ++i) {
    free(__libc_malloc(20));
    free(malloc(3));
  }
  inside = 0;
  over = 1;
  setcontext(&back[self()]);
}
static sem_t turn[2];
static void *run(void *n) {
  me = (int)(long)n;
  while (sem_wait(&turn[me]), !over) {
    swapcontext(&back[me], &fiber);
    free(malloc(5));
    sem_post(&turn[!me]);
  }
  sem_post(&turn[!me]);
  return 0;
}
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  char *s = mmap(0, 65536, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  getcontext(&fiber);
  fiber.uc_stack.ss_sp = s;
  fiber.uc_stack.ss_size = 65536;
  makecontext(&fiber, body, 0);
  sem_init(&turn[0], 0, 1);
  sem_init(&turn[1], 0, 0);
  pthread_t t;
  pthread_create(&t, 0, run, (void *)1);
  run(0);
  pthread_join(t, 0);
  printf("%d\n", strangers);
}
