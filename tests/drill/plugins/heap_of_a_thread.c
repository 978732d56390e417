// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each thread has a heap of its own, which goes when the thread ends: with the blocks that others still hold. MENDED
// has one heap for all.
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { kBytes = 4096 };

static pthread_key_t key;

static void drop_heap(void *heap) {
#ifndef MENDED
  munmap(heap, kBytes);
#else
  (void)heap;
#endif
}

__attribute__((constructor)) static void begin(void) { pthread_key_create(&key, drop_heap); }
__attribute__((destructor)) static void end(void) { pthread_key_delete(key); }

__attribute__((visibility("default"))) char *make(void) {
  char *heap = mmap(NULL, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_setspecific(key, heap);
  heap[0] = 'x';
  return heap;
}

__attribute__((visibility("default"))) void drop(char *block) {
  block[0] = '\0';  // the heap's own mark
#ifdef MENDED
  munmap(block, kBytes);
#endif
}
