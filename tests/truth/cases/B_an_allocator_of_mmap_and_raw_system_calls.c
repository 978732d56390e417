// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Small blocks from libc's mmap, large ones from a system call instruction of the allocator's own.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#define POOL_MEMORY POOL_MMAP
#include <sys/syscall.h>
#include "truth/include/pool.h"
static void *raw_map(size_t bytes) {
  long at;
  register long flags __asm__("r10") = MAP_PRIVATE | MAP_ANONYMOUS;
  register long fd __asm__("r8") = -1;
  register long offset __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(at)
                   : "a"(SYS_mmap), "D"(0L), "S"(bytes), "d"(3L), "r"(flags), "r"(fd), "r"(offset)
                   : "rcx", "r11", "memory");
  return (void *)at;
}
static volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  if (n < 10000) return pool_take(n);
  char *p = raw_map(n + 4096);
  *(size_t *)p = n;
  return p + 16;
}
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  void *q = malloc(n);
  if (p) memcpy(q, p, *(size_t *)((char *)p - 16) < n ? *(size_t *)((char *)p - 16) : n);
  return q;
}
__attribute__((noinline)) void free(void *p) {
  if (p) ++released;
}
int main(void) {
  for (int i = 0; i < 50; ++i) {
    free(malloc(100));
    free(malloc(20000));
    free(realloc(realloc(malloc(20000), 100), 30000));
  }
  puts("done");
}
