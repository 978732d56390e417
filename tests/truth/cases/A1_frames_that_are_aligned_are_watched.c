// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Own functions that align their frame for wide vectors, use alloca or have large frames take no stack arguments.
//
// build: program -O2 -mavx2 -Wno-psabi
// needs: cpu:avx2
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=5
// prints: done
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "truth/include/libc.h"
typedef long long vector __attribute__((vector_size(32)));
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
__attribute__((noinline)) static void touch(void *p) { __asm__ volatile("" : : "r"(p) : "memory"); }
__attribute__((noinline)) void *malloc(size_t n) {
  char *scratch = __builtin_alloca(n % 64 + 32);
  touch(scratch);
  used += (n + 31) & ~15ul;
  return memory + used - ((n + 31) & ~15ul);
}
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  char large[9000];
  touch(large);
  return malloc(n);
}
__attribute__((noinline)) void free(void *p) {
  vector wide[4] = {{1, 2, 3, 4}};
  if (!p) return;
  touch(wide);
  if (wide[0][0] > 5) touch(p);
}
int main(void) {
  for (int i = 0; i < 5; ++i) {
    free(realloc(malloc(10), 20));
    free(__libc_malloc(10));
  }
  puts("done");
}
