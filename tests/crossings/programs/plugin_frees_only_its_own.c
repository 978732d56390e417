// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads a block of the host's, and releases one of its own.
#include <stdio.h>
#include <stdlib.h>
void take(char *block) {
  char *own = malloc(10);
  puts(block);
  free(own);
}
