#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A signal handler that leaves what it interrupted by siglongjmp, again and again, which is at times the agent with one of
# its locks: another thread goes on, the thread itself is watched as before. The allocator takes no lock, so that
# the program by itself is right.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >lockless.c <<'C'
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
// Blocks that nobody writes to, one behind the other: none is handed out again while it may be in use.
enum { BLOCK = 256, BLOCKS = 1 << 28 };
static char *_Atomic ring;
static unsigned _Atomic next;
__attribute__((constructor)) static void start(void) {
  if (!ring) ring = mmap(0, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}
void *malloc(size_t n) {
  if (!ring) start();
  if (n > BLOCK) return mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return ring + (size_t)(__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % BLOCKS) * BLOCK;
}
void *calloc(size_t n, size_t m) { return memset(malloc(n * m), 0, n * m); }
volatile long released;
void free(void *block) { if (block) __atomic_fetch_add(&released, 1, __ATOMIC_RELAXED); }
void *realloc(void *block, size_t n) {
  void *fresh = malloc(n);
  if (block) memcpy(fresh, block, n < BLOCK ? n : BLOCK);
  return fresh;
}
C
cc -O1 -fno-builtin -shared -fPIC lockless.c -o lockless.so
cat >leaver.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
enum { JUMPS = 2000 };
extern void __libc_free(void *);
static sigjmp_buf out;
static volatile sig_atomic_t armed;
static volatile int done;
static void handler(int signal) {
  (void)signal;
  if (armed) siglongjmp(out, 1);
}
static void *other(void *unused) {
  while (!done) free(malloc(40));
  return unused;
}
__attribute__((noinline)) static void churn(void) {
  for (;;) {
    void *blocks[20];
    for (int i = 0; i < 20; ++i) blocks[i] = malloc(30 + (size_t)i);
    for (int i = 0; i < 20; ++i) free(blocks[i]);
  }
}
__attribute__((noinline)) static void *last(void) { return malloc(123); }
int main(void) {
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &alarm, 0);
  pthread_t thread;
  pthread_create(&thread, 0, other, 0);
  pthread_sigmask(SIG_UNBLOCK, &alarm, 0);
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGALRM, &action, 0);
  volatile int jumps = 0;
  if (sigsetjmp(out, 1) != 0) ++jumps;
  armed = 1;
  struct itimerval soon = {{0, 0}, {0, 100}};
  setitimer(ITIMER_REAL, jumps < JUMPS ? &soon : &(struct itimerval){{0, 0}, {0, 0}}, 0);
  if (jumps < JUMPS) churn();
  armed = 0;
  done = 1;
  pthread_join(thread, 0);
  printf("%d jumps\n", jumps);
  __libc_free(last());
  return 0;
}
C
cc -g -O1 -fno-builtin leaver.c -o leaver -lpthread
for depth in ownership auto sites stacks; do
  trace --on-crossing route --depth "$depth" -- env LD_PRELOAD="$PWD/lockless.so" ./leaver
  ended_with 0
  says out '2000 jumps'
  # It is watched to its end: a crossing of a thread that is taken as busy would not be seen.
  expect '.crossings | map(.hazard) | join(" ")' XH201
done
expect '[.crossings[0].allocation_stack[].function] | index("last") != null' true
