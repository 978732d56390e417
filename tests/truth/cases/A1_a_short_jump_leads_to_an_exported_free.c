// SPDX-License-Identifier: MIT OR Apache-2.0
//
// In a stripped library a function right before free jumps there by two bytes, and its caller knows what both leave
// alone.
//
// build: libown.so -DLIBRARY -O2 -shared -fPIC -s
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *malloc(size_t n) { return pool_take(n); }
void release(void *);
__asm__(
    ".text\n .hidden release\n .globl release\n .type release,@function\n release: jmp 1f\n .size release, .-release\n"
    ".globl free\n .type free,@function\n free: 1: incq count(%rip)\n nopw 0(%rax,%rax,1)\n ret\n .size free, .-free\n"
    ".local count\n .comm count,8,8\n");
unsigned long library_run(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) {
    unsigned long a = i * 3, b = i ^ 77, c = i + 5, d, e, f;
    __asm__ volatile(
        "mov %3, %%rax\n mov %4, %%r10\n mov %5, %%r11\n movq %3, %%xmm9\n call release\n"
        "mov %%rax, %0\n mov %%r10, %1\n mov %%r11, %2\n movq %%xmm9, %%rcx\n add %%rcx, %0\n"
        : "=&b"(d), "=&r"(e), "=&r"(f)
        : "r"(a), "r"(b), "r"(c), "D"(pool_take(8))
        : "rax", "rcx", "r10", "r11", "xmm9", "memory", "cc");
    sum = sum * 3 + d + 2 * e + 5 * f;
  }
  return sum;
}
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *library = dlopen("./libown.so", RTLD_NOW);
  printf("%lu\n", ((unsigned long (*)(void))dlsym(library, "library_run"))());
}
#endif
