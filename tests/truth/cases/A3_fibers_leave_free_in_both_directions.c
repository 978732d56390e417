// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each fiber is left inside the pool's free, before that gives a stranger to libc, and others go on above and
// below it.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static ucontext_t m, c[6];
static int current = -1, strangers;
__attribute__((noinline, noclone)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline, noclone)) void free(void *p) {
  if (!p || pool_has(p)) return;
  strangers++;
  int me = current;
  if (me >= 0) swapcontext(&c[me], &m);
  __libc_free(p);
}
static void body(int k) {
  for (int i = 0; i < 20; ++i) {
    free(malloc(10));
    free(__libc_malloc(30 + k));
    free(malloc(50));
  }
}
int main(void) {
  char *s = mmap(0, 6 * 65536, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  setvbuf(stdout, 0, _IONBF, 0);
  for (int k = 0; k < 6; ++k) {
    getcontext(&c[k]);
    c[k].uc_stack.ss_sp = s + ((k * 5) % 6 == 5 ? 1 : (k * 3 + 1) % 6 == 1 ? 0 : k) * 65536;
    c[k].uc_stack.ss_sp = s + (k ^ 1) * 65536;
    c[k].uc_stack.ss_size = 65536;
    c[k].uc_link = &m;
    makecontext(&c[k], (void (*)())body, 1, k);
  }
  for (int r = 0; r < 21; ++r)
    for (int k = 0; k < 6; ++k) {
      current = k;
      swapcontext(&m, &c[k]);
      current = -1;
      free(malloc(5));
      free(__libc_malloc(9));
    }
  printf("%d\n", strangers);
}
