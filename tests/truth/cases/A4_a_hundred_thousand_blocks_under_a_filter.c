// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A filter that allows brk and write only: a hundred thousand live blocks, each from another depth, need no other call.
//
// build: program -O1
// truth: clean
#include <stdlib.h>
#include <unistd.h>
#include "truth/include/filter.h"
static void *blocks[100000];
__attribute__((noinline)) static void *at_depth(int depth, size_t n) {
  void *volatile p = depth > 0 ? at_depth(depth - 1, n) : malloc(n);
  return p;
}
int main(void) {
  free(malloc(10));
  allow_only((const int[]){SYS_brk, SYS_write, SYS_exit_group}, 3);
  for (int i = 0; i < 100000; ++i) blocks[i] = at_depth(i % 50, 24);
  for (int i = 0; i < 100000; ++i) free(blocks[i]);
  write(1, "done\n", 5);
  _exit(0);
}
