// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program handles SIGUSR1 and the like and sends them to its own process group, as daemons tell their workers.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// prints: 9
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/libc.h"
#include "truth/include/own.h"
static volatile int seen;
static void handler(int s) { ++seen; }
int main(void) {
  const int signals[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGALRM, SIGPIPE, SIGIO, SIGVTALRM, SIGTERM, SIGINT};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; ++i) {
    signal(signals[i], handler);
    kill(0, signals[i]);
  }
  free(__libc_malloc(10));
  printf("%d\n", seen);
}
