// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mmap, mremap and brk that fail change nothing of what is known of the pages.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  char *big = malloc(2 << 20), *small = malloc(100);
  uintptr_t page = (uintptr_t)small & ~4095ul, big_page = (uintptr_t)big & ~4095ul;
  int failed = 0;
  failed += mmap((void *)page, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED;
  failed += mmap((void *)big_page, 1ul << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED;
  failed += mremap((void *)page, 4096, 1ul << 46, 0) == MAP_FAILED;
  failed += mremap((void *)big_page, 0, 1ul << 46, MREMAP_MAYMOVE) == MAP_FAILED;
  failed += mremap((void *)(big_page + 1), 4096, 8192, MREMAP_MAYMOVE) == MAP_FAILED;
  failed += mmap((void *)big_page, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED;
  failed += brk((void *)1) != 0;
  failed += sbrk(1l << 46) == (void *)-1;
  free(small);
  free(big);
  for (int i = 0; i < 100; ++i) free(malloc(i * 50));
  printf("%d\n", failed);
}
