// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program built with UBSan that overflows an integer is told so, as alone, and goes on.
//
// build: program -O1 -fsanitize=undefined
// truth: clean
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words) {
  free(malloc(10));
  int n = INT_MAX;
  n += count;
  printf("%d\n", n);
}
