// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool gives its pages back by its own system calls while blocks live in them; libc is given the same addresses.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "truth/include/libc.h"
static long raw(long n, long a, long b, long c, long d) {
  long r;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = -1;
  register long r9 __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return r;
}
#define BYTES (1ul << 20)
static char *begin;
static size_t used;
static volatile long released;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!begin) begin = (char *)raw(SYS_mmap, 0, BYTES, 3, MAP_PRIVATE | MAP_ANONYMOUS);
  used += 16;
  return begin + used;
}
__attribute__((noinline)) void free(void *p) { released += p != 0; }
int main(void) {
  int same = 0;
  for (int i = 0; i < 20; ++i) {
    begin = 0;
    used = 0;
    char *first = malloc(10);
    for (int k = 0; k < 500; ++k) malloc(10);
    raw(SYS_munmap, (long)begin, BYTES, 0, 0);
    char *p = __libc_malloc(BYTES - 4096);
    same += p == first;
    p = __libc_realloc(p, BYTES - 8192);
    __libc_free(p);
  }
  released += same;
  begin = 0;
  used = 0;
  char text[] = "done\n";
  extern long write(int, const void *, size_t);
  write(1, text, 5);
  extern void _exit(int);
  _exit(0);
}
