// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fiber with a stack of 8 KiB, below which nothing is mapped, opens a library with an allocator, uses and closes it.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1
// truth: clean
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
static ucontext_t outside, fiber;
static int opened;
static void open_it(void) {
  for (int i = 0; i < 3; ++i) {
    void *library = dlopen("./libown.so", RTLD_NOW);
    if (!library) return;
    void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "lib_take");
    void (*give)(void *) = (void (*)(void *))dlsym(library, "lib_give");
    give(take(10));
    opened += dlclose(library) == 0;
  }
}
int main(void) {
  char *stack = mmap(0, 64 << 10, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(stack + (56 << 10), 8 << 10, PROT_READ | PROT_WRITE);
  getcontext(&fiber);
  fiber.uc_stack.ss_sp = stack + (56 << 10);
  fiber.uc_stack.ss_size = 8 << 10;
  fiber.uc_link = &outside;
  makecontext(&fiber, open_it, 0);
  swapcontext(&outside, &fiber);
  printf("%d\n", opened);
}
#endif
