// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own malloc and free take their arguments as Windows does; the usual registers hold something else.
//
// build: program -O2
// truth: clean
// named: it takes its arguments elsewhere (as on Windows, or on the stack)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
#define WIN __attribute__((ms_abi, noinline, noclone, visibility("hidden")))
WIN void *win_malloc(size_t) __asm__("malloc");
WIN void win_free(void *) __asm__("free");
static char pool[1 << 16] __attribute__((aligned(64)));
static size_t used;
static volatile unsigned long released;
WIN void *win_malloc(size_t n) { return pool + (used = (used + n + 31) & ~15ul) - 16; }
WIN void win_free(void *p) { released += p != 0; }
__attribute__((noinline)) unsigned long fill(char *text, void *block) {
  win_free(block);
  return strlen(text);
}
int main(void) {
  char *text = __libc_malloc(40);
  strcpy(text, "a block of libc");
  unsigned long sum = 0;
  for (int i = 0; i < 100; ++i) {
    char *p = win_malloc(20);
    memset(p, 1, 4);
    sum += fill(text, p);
  }
  __libc_free(text);
  printf("%lu %lu\n", sum, released);
}
