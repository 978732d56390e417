// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A function called with a stack that is only 8-aligned allocates and releases, as alone.
//
// build: program -O1 -mno-sse
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
static volatile int count;
__attribute__((noinline)) void free(void *p) { ++count; }
void misaligned(void (*what)(void));
__asm__(
    ".text\n .type misaligned,@function\n misaligned: push %rbx\n mov %rsp, %rbx\n and $-16, %rsp\n sub $8, %rsp\n "
    "call *%rdi\n"
    "mov %rbx, %rsp\n pop %rbx\n ret\n .size misaligned, .-misaligned\n");
static void work(void) {
  for (int i = 0; i < 10; ++i) free(malloc(50));
}
int main(void) {
  misaligned(work);
  puts("done");
}
