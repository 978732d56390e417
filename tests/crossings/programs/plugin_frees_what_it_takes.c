// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Releases a block of the host's.
#include <stdio.h>
#include <stdlib.h>
void take(char *block) {
  puts(block);
  free(block);
}
