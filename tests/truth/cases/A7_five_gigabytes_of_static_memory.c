// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program at a fixed address with 5 GiB of zeros behind it, in which its allocator works.
//
// build: program -O2 -mcmodel=medium -fno-pic -no-pie
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char huge[5ul << 30];
static size_t at;
static unsigned long released;
__attribute__((noinline)) void *malloc(size_t n) {
  at += 40ul << 20;
  char *p = huge + at % sizeof huge;
  *(size_t *)p = n;
  return p + 16;
}
__attribute__((noinline)) void free(void *p) { released += p != 0; }
int main(void) {
  unsigned long sum = 0;
  for (int i = 0; i < 110; ++i) {
    char *p = malloc(100);
    p[5] = (char)i;
    sum += (unsigned char)p[5] + (unsigned long)((p - huge) >> 20);
    free(p);
  }
  printf("%lu %lu\n", sum, released);
}
