// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator asks where the break stands, and takes its memory from sbrk. The libc of a new link namespace then asks
// the kernel for the break by brk(0): that gives nothing back, and the allocator's blocks stay its own.
//
// build: libasks.so -DLIBRARY -shared -fPIC
// build: liballocator.so -DALLOCATOR -O1 -shared -fPIC
// build: program -O1 ./liballocator.so -ldl
// truth: clean
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#if defined(LIBRARY)
int asks(void) { return brk(NULL) == 0 && sbrk(0) != (void *)-1; }
#elif defined(ALLOCATOR)
// A block has a header of 16 bytes with its size; released blocks go into one list.
struct free_block {
  struct free_block *next;
};
static struct free_block *released;
static char *arena, *end;
void *malloc(size_t size) {
  if (size <= 1024 && released != NULL) {
    void *const block = released;
    released = released->next;
    return block;
  }
  const size_t room = ((size <= 1024 ? 1024 : size) + 31) & ~(size_t)15;
  if (arena == NULL || (size_t)(end - arena) < room) {
    if (end == NULL) sbrk(0);
    const size_t more = room > 1 << 20 ? room : 1 << 20;
    arena = sbrk((intptr_t)more);
    if (arena == (char *)-1) return NULL;
    end = arena + more;
    arena += -(uintptr_t)arena & 15;
    if ((size_t)(end - arena) < room) return NULL;
  }
  char *const block = arena + 16;
  *(size_t *)arena = room;
  arena += room;
  return block;
}
void free(void *block) {
  if (block == NULL || ((size_t *)block)[-2] > 1040) return;
  ((struct free_block *)block)->next = released;
  released = block;
}
void *calloc(size_t count, size_t size) {
  char *const block = malloc(count * size);
  for (size_t i = 0; block != NULL && i < count * size; ++i) ((volatile char *)block)[i] = 0;
  return block;
}
void *realloc(void *block, size_t size) {
  char *const moved = malloc(size);
  for (size_t i = 0; block != NULL && moved != NULL && i < size && i < ((size_t *)block)[-2] - 16; ++i)
    ((volatile char *)moved)[i] = ((char *)block)[i];
  free(block);
  return moved;
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  char *volatile blocks[64];
  for (int i = 0; i < 64; ++i) blocks[i] = malloc(100);
  void *const opened = dlmopen(LM_ID_NEWLM, "./libasks.so", RTLD_NOW);
  int (*const asks)(void) = opened != NULL ? (int (*)(void))dlsym(opened, "asks") : NULL;
  if (asks != NULL) asks();
  for (int i = 0; i < 64; ++i) free(blocks[i]);
  puts("well");
  return 0;
}
#endif
