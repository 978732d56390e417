// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program built with LeakSanitizer that leaks nothing ends with 0.
//
// build: program -O1 -fsanitize=leak
// truth: clean
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(i));
  puts("done");
}
