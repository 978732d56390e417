// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two thousand signals interrupt malloc and free; handlers count and jump nowhere.
//
// build: program -O1
// truth: clean
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
static volatile int count;
static void handler(int n) { ++count; }
int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(SIGPROF, &action, 0);
  sigaction(SIGALRM, &action, 0);
  struct itimerval often = {{0, 100}, {0, 100}};
  setitimer(ITIMER_REAL, &often, 0);
  while (count < 1000) {
    void *p = malloc(100), *q = calloc(1, 2000);
    p = realloc(p, 400);
    free(q);
    free(p);
  }
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, 0);
  puts("done");
}
