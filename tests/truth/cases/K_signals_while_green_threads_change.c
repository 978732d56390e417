// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Green threads are changed by a timer's signal, but not inside the allocator, which says when it is entered.
//
// build: program -O1
// truth: clean
// deadline: 40
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#define POOL_MEMORY POOL_MMAP
#define POOL_BYTES (64 << 20)
#include "truth/include/pool.h"
static volatile sig_atomic_t inside, current, switches;
static unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  inside = 1;
  if (pool_used > POOL_BYTES - 65536) pool_used = 0;
  void *p = pool_take(n);
  inside = 0;
  return p;
}
__attribute__((noinline)) void free(void *p) {
  inside = 1;
  released += p != 0;
  inside = 0;
}
static ucontext_t threads[4];
static unsigned long done[4];
static char stacks[4][65536] __attribute__((aligned(16)));
static void tick(int n) {
  if (inside) return;
  int from = current;
  ++switches;
  current = (from + 1) % 4;
  swapcontext(&threads[from], &threads[current]);
}
static sigset_t alarm_set;
static void work(int me) {
  sigprocmask(SIG_UNBLOCK, &alarm_set, 0);  // a context is changed with the signal blocked
  for (;;) {
    char *p = malloc(64);
    memset(p, me, 64);
    for (int i = 0; i < 64; ++i)
      if (p[i] != me) _Exit(9);
    free(p);
    if (me != 0) ++done[me];
    if (me == 0 && ++done[0] > 100000) break;
  }
}
int main(void) {
  sigemptyset(&alarm_set);
  sigaddset(&alarm_set, SIGALRM);
  sigprocmask(SIG_BLOCK, &alarm_set, 0);
  for (int i = 1; i < 4; ++i) {
    getcontext(&threads[i]);
    threads[i].uc_stack.ss_sp = stacks[i];
    threads[i].uc_stack.ss_size = sizeof stacks[i];
    makecontext(&threads[i], (void (*)(void))work, 1, i);
  }
  struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, 0);
  struct itimerval timer = {{0, 200}, {0, 200}};
  setitimer(ITIMER_REAL, &timer, 0);
  work(0);
  sigset_t set;
  sigfillset(&set);
  sigprocmask(SIG_BLOCK, &set, 0);
  printf("%d %d\n", done[0] > 100000, pool_used > 0);
  fflush(stdout);
  _Exit(0);
}
