// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A heap that processes share: a child releases what its parent allocated, the parent the next block there.
//
// build: libshm.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -L. -lshm -Wl,-rpath,$ORIGIN
// truth: clean
#include <stddef.h>
#ifdef LIBRARY
#include <sys/mman.h>
struct heap {
  void *free;
  size_t used;
};
static struct heap *heap;
__attribute__((visibility("hidden"), noinline)) void *malloc(size_t n) {
  if (!heap) {
    heap = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    heap->used = 64;
  }
  if (heap->free) {
    void *p = heap->free;
    heap->free = *(void **)p;
    return p;
  }
  heap->used += 64;
  return (char *)heap + heap->used - 64;
}
__attribute__((visibility("hidden"), noinline)) void free(void *p) {
  *(void **)p = heap->free;
  heap->free = p;
}
void *shm_take(size_t n) { return malloc(n); }
void shm_give(void *p) { free(p); }
#else
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
void *shm_take(size_t);
void shm_give(void *);
static void in_child(void (*what)(void *), void *p) {
  if (fork() == 0) {
    what(p);
    _exit(0);
  }
  wait(0);
}
static void take(void *p) { *(void **)p = shm_take(20); }
static void give(void *p) { shm_give(p); }
int main(void) {
  void **place = shm_take(40);
  for (int i = 0; i < 5; ++i) {
    void *p = shm_take(40);
    shm_give(p);
    in_child(take, place);
    shm_give(*place);
    p = shm_take(40);
    in_child(give, p);
    in_child(take, place);
    shm_give(*place);
  }
  puts("done");
}
#endif
