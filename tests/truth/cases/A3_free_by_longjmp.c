// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function that hands the block on and then leaves by longjmp, and one that leaves before it did.
//
// build: program -O1
// truth: clean
// limit: what is handed on after a longjmp cannot be known
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static jmp_buf out;
static int leave;
static void *kept;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  __libc_free(p);
  if (leave) longjmp(out, 1);
}
int main(void) {
  volatile int jumps = 0;
  for (volatile int i = 0; i < 50; ++i) {
    void *p = malloc(100);
    if (setjmp(out) == 0) {
      leave = i % 2;
      free(p);
    } else {
      ++jumps;
    }
    leave = 0;
  }
  printf("%d\n", jumps);
}
