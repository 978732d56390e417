// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ten thousand ranges over 32 MiB, of two owners in turns: nothing is lost that would make a block a stranger's.
//
// build: libpool.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#include <sys/mman.h>
char *library_map(unsigned long n) { return mmap(0, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0); }
#else
#include <stdio.h>
#include <stdlib.h>
char *library_map(unsigned long);
int main(void) {
  static void *blocks[5000];
  for (int i = 0; i < 5000; ++i) {
    library_map(33ul << 20);
    blocks[i] = malloc(33ul << 20);
  }
  int made = 0;
  for (int i = 0; i < 5000; ++i) {
    made += blocks[i] != 0;
    free(blocks[i]);
  }
  printf("%d\n", made);
}
#endif
