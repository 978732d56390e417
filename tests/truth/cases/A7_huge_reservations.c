// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reservations of 8 GiB to 16 TiB that nobody touches, as emulators and WebAssembly make them, and their return in
// parts.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
int main(void) {
  int made = 0;
  for (int i = 0; i < 30; ++i) {
    size_t size = 8ul << (30 + i % 12);
    char *p = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) continue;
    ++made;
    mprotect(p + size / 2, 4096, PROT_READ | PROT_WRITE);
    p[size / 2] = 1;
    free(malloc(100000));
    munmap(p + size / 2, size / 2);
    munmap(p, size / 2);
  }
  printf("%d\n", made);
}
