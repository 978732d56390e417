// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Nine thousand ranges of 33 MiB, reserved and never touched, and blocks released after them: nobody is lost.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
int main(void) {
  static void *blocks[9000];
  int made = 0;
  for (int i = 0; i < 9000; ++i) {
    blocks[i] = malloc(33ul << 20);
    if (blocks[i]) ++made;
    mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  for (int i = 0; i < 9000; ++i) free(blocks[i]);
  for (int i = 0; i < 100; ++i) free(malloc(40ul << 20));
  printf("%d\n", made);
}
