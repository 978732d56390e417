// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program at a fixed address maps its guest memory with MAP_FIXED at 16 MiB to 1 GiB, and the agent stands nowhere
// there.
//
// build: program -O1 -no-pie
// truth: clean
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  unsigned long brk_at = (unsigned long)sbrk(0);
  unsigned long taken = 0;
  void *first = malloc(100);
  for (unsigned long at = 0x10000000; at < 0x40000000; at += 0x1000000) {
    if (brk_at + 0x4000000 > at && brk_at < at + 0x4000000) continue;
    void *p = mmap((void *)at, 0x1000000, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (p != MAP_FAILED) ++taken;
    for (int i = 0; i < 10; ++i) free(malloc(1000));
  }
  free(first);
  for (int i = 0; i < 10; ++i) free(malloc(100000));
  printf("%d\n", taken > 30);
}
