// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A raw block of libc's that a shim with headers is given is routed to libc.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=5
// depths: sites stacks
// policies: route
// prints: strangers 0
// alone: any
#include <stdio.h>
#include "truth/include/shim.h"
int main(int count, char **words) {
  for (int i = 0; i < 10; ++i) free(malloc(100));
  for (int i = 0; i < 5; ++i) free(__libc_calloc(1, 100));
  printf("strangers %lu\n", getenv("LD_AUDIT") ? shim_strangers : 0);
}
