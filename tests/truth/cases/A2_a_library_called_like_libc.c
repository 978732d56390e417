// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library whose file is called libc-2.x-helpers.so has an mmap, a fork and a prctl of its own, and a malloc.
//
// build: libc-2.0-helpers.so -O1 -shared -fPIC -DLIBRARY
// build: program -O1 ./libc-2.0-helpers.so
// truth: clean
#ifdef LIBRARY
#include <stddef.h>
#define HIDDEN __attribute__((noinline, visibility("hidden")))
HIDDEN long mmap(const char *name, long where) { return name[0] + where; }
HIDDEN long munmap(const char *name) { return name[1]; }
HIDDEN long fork(int many) { return many * 2; }
HIDDEN long sbrk(const char *text) { return text[0]; }
HIDDEN long prctl(double x) { return (long)(x * 3); }
HIDDEN long setrlimit(int which, long what) { return which + what; }
HIDDEN long dlopen(int a, int b) { return a * b; }
HIDDEN long execve(int a, long b, char c) { return a + b + c; }
static char memory[1 << 16];
static size_t used;
static volatile long released;
HIDDEN void *malloc(size_t n) { return memory + (used += 64); }
HIDDEN void free(void *p) { ++released; }
long run(void) {
  long sum = 0;
  for (int i = 0; i < 50; ++i) {
    free(malloc(10));
    sum += mmap("name", 1L << 50) + munmap("xy") + fork(i) + sbrk("text") + prctl(i) + setrlimit(9, i) + dlopen(i, 2) +
           execve(i, 3, 4);
  }
  return sum;
}
#else
#include <stdio.h>
long run(void);
int main(void) { printf("%ld\n", run()); }
#endif
