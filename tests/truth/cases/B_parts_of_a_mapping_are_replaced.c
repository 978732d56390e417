// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's pool is given back in parts, and libc maps new blocks in the holes.
//
// build: libpool.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#include <sys/mman.h>
char *library_map(unsigned long n) { return mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
void library_unmap(char *p, unsigned long n) { munmap(p, n); }
#else
#include <stdio.h>
#include <stdlib.h>
char *library_map(unsigned long);
void library_unmap(char *, unsigned long);
int main(void) {
  void *blocks[32];
  for (int round = 0; round < 10; ++round) {
    char *p = library_map(64ul << 20);
    for (int i = 0; i < 32; i += 2) library_unmap(p + ((unsigned long)i << 21), 2ul << 20);
    for (int i = 0; i < 32; ++i) blocks[i] = malloc(1900000);
    for (int i = 0; i < 32; ++i) free(blocks[i]);
    library_unmap(p, 64ul << 20);
    for (int i = 0; i < 32; ++i) blocks[i] = malloc(3000000);
    for (int i = 0; i < 32; ++i) free(blocks[i]);
  }
  puts("done");
}
#endif
