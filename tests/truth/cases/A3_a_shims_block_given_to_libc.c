// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block with a shim's header before it is given to libc's own free, which does not know the address.
//
// build: program -O1
// truth: XH201 free owner=program releaser=libc.so.6:glibc at=sites,stacks
// truth: maybe XH201 free owner=program releaser=libc.so.6:glibc at=ownership
// limit: at depth ownership all of it is libc's memory
// alone: any
// prints: done
// policies: report abort
#include <stdio.h>
#include "truth/include/shim.h"
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(100));
  void *p = malloc(100);
  void *q = malloc(100);
  memset(p, 1, 100);
  __libc_free(p);
  free(q);
  puts("done");
}
