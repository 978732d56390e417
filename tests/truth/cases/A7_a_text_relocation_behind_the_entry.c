// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The relocated bytes begin three bytes into the entry of a library's free, opened late.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -Wl,-z,notext -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
unsigned long counter;
__asm__(
    ".text\n .globl free\n .type free,@function\n"
    "free: push %rbx\n movabs $counter, %rbx\n incq (%rbx)\n pop %rbx\n ret\n .size free, .-free\n"
    ".globl malloc\n .type malloc,@function\n"
    "malloc: sub $8, %rsp\n movabs $own_malloc, %rax\n call *%rax\n add $8, %rsp\n ret\n .size malloc, .-malloc\n");
void *own_malloc(size_t n) { return pool_take(n); }
void *malloc(size_t);
void free(void *);
unsigned long library_run(void) {
  for (int i = 0; i < 100; ++i) free(malloc(10));
  return counter;
}
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *library = dlopen("./libown.so", RTLD_NOW);
  if (!library) return puts(dlerror()), 1;
  printf("%lu\n", ((unsigned long (*)(void))dlsym(library, "library_run"))());
}
#endif
