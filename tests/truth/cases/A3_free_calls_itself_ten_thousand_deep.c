// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function releases a list from its end: ten thousand of its calls are open at once.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
struct node {
  unsigned long magic;
  struct node *next;
};
__attribute__((noinline)) void *malloc(size_t n) { return __libc_calloc(1, n); }
static volatile int released;
__attribute__((noinline)) void free(void *p) {
  struct node *n = p;
  if (!n) return;
  if (n->magic == 0xabcdefabcdeful) free(n->next);
  ++released;
  __libc_free(p);
}
int main(void) {
  struct node *list = 0;
  for (int i = 0; i < 10000; ++i) {
    struct node *n = malloc(sizeof *n);
    n->magic = 0xabcdefabcdeful;
    n->next = list;
    list = n;
  }
  free(list);
  int n = released;
  printf("%d\n", n);
}
