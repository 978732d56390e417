// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shim's free writes a line to a stream, which allocates and releases itself, before it hands the block on.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "truth/include/libc.h"
static int inside;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && !inside) {
    inside = 1;
    char *line = 0;
    asprintf(&line, "released %d", (int)strlen((char *)p));
    puts(line);
    free(line);
    inside = 0;
  }
  __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 3; ++i) free(strdup("a text"));
}
