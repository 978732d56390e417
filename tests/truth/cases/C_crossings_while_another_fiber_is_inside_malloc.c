// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fiber waits inside the library's own malloc while the program crosses on another stack.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: XH201 free owner=libc.so.6:glibc releaser=libown.so count=3
// prints: done
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static void (*wait_inside)(void);
void *malloc(size_t n) {
  if (n == 77) wait_inside();
  return pool_take(n);
}
static volatile int released;
void free(void *p) { ++released; }
void lib_wait(void (*f)(void)) { wait_inside = f; }
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <ucontext.h>
static ucontext_t outer, inner;
static void *(*take)(size_t);
static void (*give)(void *);
static void inside(void) { swapcontext(&inner, &outer); }
static void fiber(void) { give(take(77)); }
int main(void) {
  void *l = dlopen("./libown.so", RTLD_NOW);
  ((void (*)(void (*)(void)))dlsym(l, "lib_wait"))(inside);
  take = dlsym(l, "lib_take");
  give = dlsym(l, "lib_give");
  static char stack[65536];
  getcontext(&inner);
  inner.uc_stack.ss_sp = stack;
  inner.uc_stack.ss_size = sizeof stack;
  inner.uc_link = &outer;
  makecontext(&inner, fiber, 0);
  give(take(10));
  swapcontext(&outer, &inner);
  for (int i = 0; i < 3; ++i) {
    give(take(20));
    give(malloc(30));
    free(malloc(40));
  }
  swapcontext(&outer, &inner);
  give(take(10));
  puts("done");
}
#endif
