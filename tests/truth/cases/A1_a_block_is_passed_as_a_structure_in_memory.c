// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own malloc answers with a structure, by an address that the caller passes, and free takes it by value.
//
// build: program -O2
// truth: clean
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
struct block {
  char *at;
  size_t size;
  long number;
};
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
static volatile long noted;
__attribute__((noinline, noclone)) struct block malloc(size_t n) {
  static long number;
  struct block b = {memory + used, n, ++number};
  used += (n + 31) & ~15ul;
  return b;
}
__attribute__((noinline, noclone)) void free(struct block b) { noted += b.number * (long)b.size + (b.at - memory); }
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc((size_t)i));
  char text[40];
  int n = snprintf(text, sizeof text, "%ld\n", noted);
  write(1, text, (size_t)n);
  _exit(0);
}
