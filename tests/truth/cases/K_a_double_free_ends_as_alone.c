// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block released twice ends with glibc's own message, and is told.
//
// build: program -O1
// truth: XH208 free owner=libc.so.6:glibc releaser=libc.so.6:glibc at=sites,stacks
// alone: 134
// policies: report route
// route: 134
#include <stdlib.h>
int main(void) {
  char *p = malloc(100);
  free(p);
  free(p);
}
