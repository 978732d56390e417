// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc and free of a library, written in assembly, have symbols without a type.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// prints: done
// alone: any
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
__attribute__((visibility("hidden"))) void *take(size_t n) { return pool_take(n); }
__attribute__((visibility("hidden"))) long count;
__asm__(
    ".text\n .globl malloc\n malloc: sub $8, %rsp\n call take\n add $8, %rsp\n ret\n"
    " .skip 16, 0x90\n .globl free\n free: mov count(%rip), %rax\n add $1, %rax\n mov %rax, count(%rip)\n ret\n .skip "
    "16, 0x90\n");
void *malloc(size_t);
void free(void *);
void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
void library_put(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  ((void (*)(void *))dlsym(library, "library_put"))(malloc(30));
  free(((void *(*)(void))dlsym(library, "library_get"))());
  puts("done");
}
#endif
