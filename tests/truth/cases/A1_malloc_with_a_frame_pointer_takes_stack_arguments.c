// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Compiled without optimisation, the programs own functions read their seventh argument beyond rbp.
//
// build: program -O0
// truth: clean
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
static volatile long noted;
void *malloc(size_t n, int a, int b, int c, int d, int e, long place) {
  void *p = memory + used;
  used += (n + 31) & ~15ul;
  noted += place;
  return p;
}
void free(void *p, int a, int b, int c, int d, int e, long place) {
  if (p) noted += place * 2;
}
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(8, i, 1, 2, 3, 4, i * 3), i, 1, 2, 3, 4, i + 11);
  char text[40];
  int n = snprintf(text, sizeof text, "%ld\n", noted);
  write(1, text, (size_t)n);
  _exit(0);
}
