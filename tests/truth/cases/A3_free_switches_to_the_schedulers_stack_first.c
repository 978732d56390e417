// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool's free gives strangers to libc on a stack of its own, to which it switches.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static ucontext_t m, other;
static void *volatile given;
static int strangers;
__attribute__((noinline, noclone)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || pool_has(p)) return;
  strangers++;
  given = p;
  swapcontext(&m, &other);
}
static void body(void) {
  for (;;) {
    malloc(3);
    __libc_free(given);
    malloc(4);
    swapcontext(&other, &m);
  }
}
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  char *s = mmap(0, 65536, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  getcontext(&other);
  other.uc_stack.ss_sp = s;
  other.uc_stack.ss_size = 65536;
  makecontext(&other, body, 0);
  for (int i = 0; i < 300; ++i) {
    free(__libc_malloc(i));
    free(malloc(3));
  }
  printf("%d\n", strangers);
}
