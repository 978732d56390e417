// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A static program at any address is run as alone, and named.
//
// build: program -O1 -static-pie
// truth: clean
// named: static
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  free(malloc(10));
  puts("static");
}
