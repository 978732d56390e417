// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool's free raises a signal, whose handler on a stack of its own gives the stranger to libc.
//
// build: program -O1 -fno-plt
// truth: clean
#include <signal.h>
#include <stdio.h>
#include "truth/include/libc.h"
static char pool[1 << 20];
static size_t used;
static void *volatile given;
static int strangers;
__attribute__((noinline, noclone)) void *malloc(size_t n) {
  void *p = pool + used;
  used += (n + 31) & ~15ul;
  return p;
}
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || ((char *)p >= pool && (char *)p < pool + sizeof pool)) return;
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
