// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of an allocator that moved the break by the general function is given to libc.
//
// build: libbrk.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -L. -lbrk -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libbrk.so releaser=libc.so.6:glibc
// alone: any
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef LIBRARY
static char *at;
static size_t used;
__attribute__((visibility("hidden"), noinline)) void *malloc(size_t n) {
  if (!at) {
    at = (char *)syscall(SYS_brk, 0);
    syscall(SYS_brk, at + (1 << 20));
  }
  used += (n + 31) & ~(size_t)15;
  return at + used - ((n + 31) & ~(size_t)15);
}
static volatile int released;
__attribute__((visibility("hidden"), noinline)) void free(void *p) { ++released; }
void *brk_take(size_t n) { return malloc(n); }
void brk_give(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void *brk_take(size_t);
void brk_give(void *);
int main(void) {
  void *kept[200];
  for (int i = 0; i < 200; ++i) {
    brk_give(brk_take(100));
    kept[i] = malloc(5000);
  }
  for (int i = 0; i < 200; ++i) free(kept[i]);
  void *b = brk_take(10);
  free(b);
  puts("done");
}
#endif
