// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program started with GLIBC_TUNABLES of its user's sees them act: no thread cache, so blocks come back in libc's
// order.
//
// build: program -O1
// run: env GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.perturb=85 ./program
// truth: clean
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  unsigned char *p = malloc(100);
  printf("%02x\n", p[50]);
  free(p);
}
