// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Forty thousand mappings from 4 KiB to 40 MiB by a library, and libc's blocks between them.
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
  static void *blocks[1000];
  int made = 0;
  for (int i = 0; i < 40000; ++i) {
    made += library_map(i % 4 ? 4096 : (34ul << 20) + 4096ul * (unsigned long)i) != 0;
    if (i % 40 == 0) blocks[i / 40] = malloc(150000);
  }
  for (int i = 0; i < 1000; ++i) free(blocks[i]);
  for (int i = 0; i < 100; ++i) free(malloc(35ul << 20));
  printf("%d\n", made);
}
#endif
