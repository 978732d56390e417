// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's free gives strangers to libc by way of functions that are given libc's free: a tree's destroyer, a key,
// exit.
//
// build: program -O1 -pthread
// build: fixed -O1 -pthread -no-pie
// run: sh -c "./program && ./fixed"
// truth: clean
#define _GNU_SOURCE
#include <search.h>
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static void *tree;
static int order(const void *a, const void *b) { return a < b ? -1 : a > b; }
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void *calloc(size_t c, size_t n) { return memset(pool_take(c * n), 0, c * n); }
__attribute__((noinline)) void *realloc(void *p, size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  if (!p || pool_has(p)) return;
  tree = 0;
  tsearch(p, &tree, order);
  tdestroy(tree, __libc_free);
}
int main(void) {
  for (int i = 0; i < 30; ++i) {
    free(malloc(10));
    free(__libc_malloc(10));
  }
  puts("done");
}
