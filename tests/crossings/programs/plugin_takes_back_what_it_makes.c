// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Hands a block out, and has a function that takes it back.
#include <stdlib.h>
#include <string.h>
void give_back(char *block) { free(block); }
char *make(void) {
  char *block = malloc(40);
  strcpy(block, "from the plugin");
  return block;
}
