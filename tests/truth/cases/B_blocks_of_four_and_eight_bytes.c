// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator without headers packs blocks of four and of eight bytes side by side.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char memory[1 << 16] __attribute__((aligned(4096)));
static char *next = memory + 4096;
static void *lists[2];
static char *large = memory + (1 << 15);
__attribute__((noinline)) void *malloc(size_t n) {
  if (n > 8) {
    char *p = large;
    large += (n + 15) & ~(size_t)15;
    return p;
  }
  char *p = next;
  next += n <= 4 ? 4 : 8;
  return p;
}
static volatile int released;
__attribute__((noinline)) void free(void *p) { released += p != 0; }
int main(void) {
  int *small[600];
  for (int i = 0; i < 600; ++i) {
    small[i] = malloc(4);
    *small[i] = i;
  }
  for (int i = 0; i < 600; i += 2) free(small[i]);
  for (int i = 1; i < 600; i += 2) free(small[i]);
  int n = released;
  char text[20];
  fwrite(text, 1, (size_t)sprintf(text, "%d\n", n), stdout);
}
