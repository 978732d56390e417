// SPDX-License-Identifier: MIT OR Apache-2.0
//
// free of an address in libc's heap that is no block ends with glibc's own message and SIGABRT, as alone.
//
// build: program -O1
// truth: maybe XH208 free owner=libc.so.6:glibc
// alone: 134
// policies: report
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  char *p = malloc(100);
  setvbuf(stdout, 0, _IONBF, 0);
  puts("before");
  free(p + 8);
  puts("after");
}
