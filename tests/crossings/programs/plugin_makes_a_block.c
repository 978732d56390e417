// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Hands a block out.
#include <stdlib.h>
#include <string.h>
char *make(void) {
  char *block = malloc(40);
  strcpy(block, "from the plugin");
  return block;
}
