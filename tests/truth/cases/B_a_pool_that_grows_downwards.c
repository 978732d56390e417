// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool in a mapping that the kernel makes longer downwards (MAP_GROWSDOWN).
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
static char *top;
static volatile unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  if (!top) {
    char *all = mmap(0, 8 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(all, 8 << 20);
    top = (char *)mmap(all + (4 << 20), 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0) + 8192;
  }
  top -= (n + 31) & ~15ul;
  *(volatile char *)top = 1;
  return top;
}
__attribute__((noinline)) void free(void *p) {
  if (p) ++released;
}
int main(void) {
  for (int i = 0; i < 1000; ++i) free(malloc(50));
  puts("done");
}
