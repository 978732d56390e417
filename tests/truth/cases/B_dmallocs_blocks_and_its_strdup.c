// SPDX-License-Identifier: MIT OR Apache-2.0
//
// dmalloc's own strdup and its blocks, preloaded, with releases in another order.
//
// needs: libdmalloc.so.5
// build: program -O1
// run: env LD_PRELOAD=libdmalloc.so.5 ./program
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  char *all[100];
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 100; ++i) all[i] = i % 3 ? strdup("some text") : malloc((size_t)i * 10 + 1);
    for (int i = 0; i < 100; ++i) free(all[(i * 37) % 100]);
  }
  puts("done");
}
