// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program linked to begin at 0x10000000, with an allocator whose entries have no type.
//
// build: program -O1 -no-pie -Wl,-Ttext-segment=0x10000000
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// prints: done
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *take(size_t n) { return pool_take(n); }
long count;
__asm__(
    ".text\n .globl malloc\n malloc: sub $8, %rsp\n call take\n add $8, %rsp\n ret\n .skip 16, 0x90\n"
    ".globl free\n free: mov count(%rip), %rax\n add $1, %rax\n mov %rax, count(%rip)\n ret\n .skip 16, 0x90\n");
void *malloc(size_t);
void free(void *);
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  fputs("done\n", stdout);
}
