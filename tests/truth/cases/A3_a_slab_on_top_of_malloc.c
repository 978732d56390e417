// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A slab allocator under other names of the table cuts libc's blocks into pieces: what belongs to whom is as it does
// it.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
static char *slab, *slab_end;
static void *free_list;
static void *slabs[100];
static int slab_count;
__attribute__((noinline)) void *malloc(size_t n) {
  if (n > 64) {
    unsigned long *h = __libc_malloc(n + 16);
    h[1] = 1;
    return h + 2;
  }
  if (free_list) {
    void *p = free_list;
    free_list = *(void **)p;
    return p;
  }
  if (slab == slab_end) {
    slab = __libc_malloc(80 * 128);
    slab_end = slab + 80 * 128;
    slabs[slab_count++] = slab;
  }
  unsigned long *h = (unsigned long *)slab;
  slab += 80;
  h[1] = 0;
  return h + 2;
}
__attribute__((noinline)) void free(void *p) {
  if (!p) return;
  unsigned long *h = (unsigned long *)p - 2;
  if (h[1] == 1) {
    __libc_free(h);
  } else {
    *(void **)p = free_list;
    free_list = p;
  }
}
int main(void) {
  void *blocks[300];
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 300; ++i) blocks[i] = malloc(i % 3 ? 40 : 400);
    for (int i = 0; i < 300; ++i) free(blocks[i]);
  }
  puts("done");
}
