// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own free takes the place of a pointer, in a block of libc's, and its malloc answers with a number.
//
// build: program -O1
// truth: clean
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "truth/include/libc.h"
static char pool[60000];
static size_t used;
static int count;
static __attribute__((noinline, noclone)) int malloc(void **out, size_t n) {
  *out = pool + used;
  used += (n + 15) & ~15ul;
  return 0;
}
static __attribute__((noinline, noclone)) void free(void **p) {
  if (*p) count++;
  *p = 0;
}
struct node {
  void *text;
  int k;
};
int main() {
  for (int i = 0; i < 100; ++i) {
    struct node *n = __libc_malloc(sizeof *n);
    malloc(&n->text, 20);
    strcpy(n->text, "x");
    free(&n->text);
    if (i % 3) __libc_free(n);
  }
  printf("%d\n", count);
}
