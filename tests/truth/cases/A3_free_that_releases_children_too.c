// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function that calls itself for the blocks that a block owns, and libc's for the last.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
#define MAGIC 0x12345678abcdul
struct node {
  unsigned long magic;
  struct node *children[2];
};
__attribute__((noinline)) void *malloc(size_t n) { return __libc_calloc(1, n); }
static volatile int released;
__attribute__((noinline)) void free(void *p) {
  struct node *n = p;
  if (n && n->magic == MAGIC) {
    free(n->children[0]);
    free(n->children[1]);
  }
  released += p != 0;
  __libc_free(p);
}
static struct node *tree(int depth) {
  if (depth == 0) return 0;
  struct node *n = malloc(sizeof *n);
  n->magic = MAGIC;
  n->children[0] = tree(depth - 1);
  n->children[1] = tree(depth - 1);
  return n;
}
int main(void) {
  free(tree(8));
  int n = released;
  printf("%d\n", n);
}
