// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that kills itself by SIGKILL ends with 137 and has a report.
//
// build: program -O1
// truth: clean
// alone: 137
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  free(malloc(100));
  puts("before");
  fflush(stdout);
  raise(SIGKILL);
}
