// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's block that libc's free is given is routed to the shim's free, which knows where it begins.
//
// build: program -O1
// truth: XH201 free owner=program releaser=libc.so.6:glibc at=sites,stacks
// depths: sites stacks
// policies: route
// prints: done 0
#include <stdio.h>
#include "truth/include/shim.h"
int main(void) {
  for (int i = 0; i < 10; ++i) free(malloc(100));
  void *p = malloc(100);
  memset(p, 1, 100);
  __libc_free(p);
  printf("done %lu\n", shim_strangers);
}
