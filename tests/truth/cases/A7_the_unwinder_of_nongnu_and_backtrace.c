// SPDX-License-Identifier: MIT OR Apache-2.0
//
// backtrace() from a release function and from main finds the program's own functions above it, as many as alone.
//
// build: program -O0 -rdynamic
// truth: clean
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int found;
__attribute__((noinline)) int inner(void) {
  void *frames[30];
  int n = backtrace(frames, 30);
  char **names = backtrace_symbols(frames, n);
  int mine = 0;
  for (int i = 0; i < n; ++i)
    mine += strstr(names[i], "inner") != 0 || strstr(names[i], "outer") != 0 || strstr(names[i], "main+") != 0;
  free(names);
  return mine;
}
__attribute__((noinline)) int outer(int depth) { return depth ? outer(depth - 1) + 0 : inner(); }
int main(void) {
  free(malloc(10));
  printf("%d\n", outer(3));
}
