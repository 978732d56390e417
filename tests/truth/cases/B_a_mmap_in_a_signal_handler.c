// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A handler that interrupts malloc, free and mmap maps and unmaps memory by itself: libc's blocks stay libc's.
//
// build: program -O1
// truth: clean
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
static char *volatile held[64];
static volatile int at, handled;
static void handler(int n) {
  if (held[at]) munmap(held[at], 1 << 16);
  held[at] = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  at = (at + 1) % 64;
  ++handled;
}
int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, 0);
  struct itimerval often = {{0, 200}, {0, 200}};
  setitimer(ITIMER_REAL, &often, 0);
  while (handled < 300) {
    char *p = malloc(200000), *q = malloc(100);
    p[0] = 1;
    p = realloc(p, 500000);
    free(p);
    free(q);
  }
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, 0);
  for (int i = 0; i < 64; ++i)
    if (held[i]) munmap((void *)held[i], 1 << 16);
  for (int i = 0; i < 100; ++i) free(malloc(300000));
  puts("done");
}
