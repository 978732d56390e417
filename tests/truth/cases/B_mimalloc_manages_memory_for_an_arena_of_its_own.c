// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A function with eight arguments gives mimalloc memory: it reads the last two from its caller's stack.
//
// build: program -O1 -l:libmimalloc.so.2.0
// needs: libmimalloc.so.2.0
// truth: clean
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
bool mi_manage_os_memory_ex(void *, size_t, bool, bool, bool, int, bool exclusive, int *arena);
void *mi_heap_new_in_arena(int arena);
void *mi_heap_malloc(void *heap, size_t);
void *mi_malloc(size_t);
int main(void) {
  size_t size = 128 << 20;
  char *p = mmap(0, size * 2, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  p = (char *)(((unsigned long)p + (64 << 20) - 1) & ~((64ul << 20) - 1));
  int arena = -1;
  if (!mi_manage_os_memory_ex(p, size, true, false, true, -1, true, &arena)) return 1;
  void *heap = mi_heap_new_in_arena(arena);
  int inside = 0, outside = 0;
  for (int i = 0; i < 200; ++i) {
    char *block = mi_heap_malloc(heap, 200000);
    inside += block >= p && block < p + size;
    char *other = mi_malloc(200000);  // exclusive: nobody else's blocks lie there
    outside += other < p || other >= p + size;
    free(block);
    free(other);
  }
  printf("%d %d %d\n", arena > 0, inside, outside);
}
