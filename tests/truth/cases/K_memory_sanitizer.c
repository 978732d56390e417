// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program built with MemorySanitizer, whose shadow fills most of the address space.
//
// needs: clang-14
// build: clang-14= program -O1 -fsanitize=memory
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  char *p = calloc(1, 100);
  char *q = strdup("text");
  p = realloc(p, 200);
  printf("%d %s\n", p[50], q);
  free(p);
  free(q);
}
