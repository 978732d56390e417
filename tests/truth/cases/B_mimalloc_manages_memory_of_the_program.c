// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mimalloc is given 64 MiB that the program mapped, and makes its blocks there.
//
// build: program -O1 -l:libmimalloc.so.2.0
// needs: libmimalloc.so.2.0
// truth: clean
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
bool mi_manage_os_memory(void *, size_t, bool, bool, bool, int);
void *mi_malloc(size_t);
void mi_free(void *);
int main(void) {
  size_t size = 128 << 20;
  char *p = mmap(0, size * 2, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  p = (char *)(((unsigned long)p + (64 << 20) - 1) & ~((64ul << 20) - 1));
  if (!mi_manage_os_memory(p, size, true, false, true, -1)) return 1;
  void *blocks[200];
  int inside = 0;
  for (int i = 0; i < 200; ++i) {
    blocks[i] = mi_malloc(200000);
    inside += (char *)blocks[i] >= p && (char *)blocks[i] < p + size;
  }
  for (int i = 0; i < 200; ++i) i % 2 ? mi_free(blocks[i]) : free(blocks[i]);
  puts(inside ? "done" : "elsewhere");
}
