// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An own free that passes over strangers gets addresses inside libc's blocks and in its variables: nothing is routed.
//
// build: program -O1
// truth: maybe XH201 free owner=libc.so.6:glibc releaser=program count=any routed=any
// truth: maybe XH201 free owner=unknown releaser=program count=any routed=any
// prints: done 20
#define POOL_MEMORY POOL_STATIC
#include <stdio.h>
#include "truth/include/libc.h"
#include "truth/include/own.h"
int main(void) {
  char *block = __libc_malloc(500);
  for (int i = 16; i < 320; i += 16) free(block + i);
  free(stdout);
  void *same = __libc_malloc(500);
  __libc_free(same);
  __libc_free(block);
  printf("done %d\n", 20);
}
