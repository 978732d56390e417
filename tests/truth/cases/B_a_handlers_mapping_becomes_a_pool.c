// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A handler that interrupts malloc maps the program's own pool; what the pool hands out is the program's, not libc's.
//
// build: program -O1
// truth: clean
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "truth/include/libc.h"
static char *volatile pools[4000];
static volatile int count;
static void *small;
__attribute__((noinline)) void *malloc(size_t n) {
  if (n == 24 && count > 0) return pools[count - 1] + 64;
  return __libc_malloc(n);
}
static int ours(void *p) {
  for (int i = 0; i < count; ++i)
    if ((char *)p == pools[i] + 64) return 1;
  return 0;
}
__attribute__((noinline)) void free(void *p) {
  if (p && !ours(p)) __libc_free(p);
}
static void handler(int n) {
  if (count < 300) {
    char *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pools[count] = p;
    ++count;
  }
}
int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, 0);
  struct itimerval often = {{0, 300}, {0, 300}};
  setitimer(ITIMER_REAL, &often, 0);
  while (count < 300) {
    char *p = __libc_malloc(200000);
    p[0] = 1;
    __libc_free(p);
    free(malloc(24));
  }
  puts("done");
}
