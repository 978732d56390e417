// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool's free raises a signal, whose handler on a stack of its own gives the stranger to libc.
//
// build: program -O1 -fno-plt
// truth: clean
#include <signal.h>
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static void *volatile given;
static int strangers;
__attribute__((noinline, noclone)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || pool_has(p)) return;
  strangers++;
  given = p;
  raise(SIGUSR1);
}
static void handler(int n) { __libc_free(given); }
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  static char alt[65536];
  stack_t st = {.ss_sp = alt, .ss_size = sizeof alt};
  sigaltstack(&st, 0);
  struct sigaction a = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR1, &a, 0);
  for (int i = 0; i < 300; ++i) {
    free(__libc_malloc(i));
    free(malloc(3));
  }
  printf("%d\n", strangers);
}
