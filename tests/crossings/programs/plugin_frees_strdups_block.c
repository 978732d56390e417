// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Releases what strdup handed out.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void run(void) {
  char *text = strdup("text");
  puts(text);
  free(text);
}
