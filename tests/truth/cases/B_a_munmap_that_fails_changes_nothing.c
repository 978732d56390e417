// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A munmap that the kernel refuses leaves the owner of the pages as it was.
//
// build: program -O1
// truth: clean
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
int main(void) {
  char *p = malloc(1 << 20);
  char *q = malloc(1000);
  int failed = 0;
  failed += munmap((char *)((uintptr_t)p & ~4095ul) + 1, 8192) != 0;
  failed += munmap((void *)((uintptr_t)q & ~4095ul), 0) != 0;
  failed += munmap((char *)((uintptr_t)q & ~4095ul) + 16, 4096) != 0;
  failed += munmap((void *)((uintptr_t)q & ~4095ul), ~0ul - 4095) != 0;
  free(q);
  free(p);
  printf("%d\n", failed);
}
