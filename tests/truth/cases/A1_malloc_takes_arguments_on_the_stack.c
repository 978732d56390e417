// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own malloc, realloc and free take more arguments than registers hold.
//
// build: program -O2
// truth: clean
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
static volatile long noted;
__attribute__((noinline, noclone)) void *malloc(size_t n, int a, int b, int c, int d, int e, const char *file,
                                                int line) {
  void *p = memory + used;
  used += (n + 31) & ~15ul;
  noted += line + file[0] + a + b + c + d + e;
  return p;
}
__attribute__((noinline, noclone)) void *realloc(void *p, size_t n, int a, int b, int c, int d, const char *file,
                                                 int line) {
  noted += 3 * line + file[1];
  return p;
}
__attribute__((noinline, noclone)) void free(void *p, int a, int b, int c, int d, int e, const char *file, int line) {
  if (p) noted += line * 2 + file[1] + a + e;
}
int main(void) {
  for (int i = 0; i < 100; ++i)
    free(realloc(malloc(8, i, 1, 2, 3, 4, "file", 7), 16, 1, 2, 3, 4, "name", i), i, 1, 2, 3, 4, "other", 11);
  char text[40];
  int n = snprintf(text, sizeof text, "%ld\n", noted);
  write(1, text, (size_t)n);
  _exit(0);
}
