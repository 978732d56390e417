// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator with PartitionAlloc's functions behind its malloc: a block of it given to libc, one of libc's given to
// it.
//
// build: libpartition.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1
// truth: XH201 free owner=libpartition.so:PartitionAlloc releaser=libc.so.6:glibc
// truth: XH201 free owner=libc.so.6:glibc releaser=libpartition.so:PartitionAlloc
// alone: any
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
namespace partition_alloc {
class PartitionRoot {
public:
  __attribute__((noinline)) void *Alloc(size_t n) { return pool_take(n); }
  __attribute__((noinline)) void Free(void *p) { released_ += p != nullptr; }

private:
  volatile int released_ = 0;
};
}  // namespace partition_alloc
static partition_alloc::PartitionRoot root;
extern "C" {
__attribute__((noinline)) void *malloc(size_t n) { return root.Alloc(n); }
__attribute__((noinline)) void *calloc(size_t count, size_t n) { return root.Alloc(count * n); }
__attribute__((noinline)) void *realloc(void *, size_t n) { return root.Alloc(n); }
__attribute__((noinline)) void free(void *p) { root.Free(p); }
void *library_take() { return malloc(30); }
void library_give(void *p) { free(p); }
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main() {
  void *const library = dlopen("./libpartition.so", RTLD_NOW);
  auto *const take = reinterpret_cast<void *(*)()>(dlsym(library, "library_take"));
  auto *const give = reinterpret_cast<void (*)(void *)>(dlsym(library, "library_give"));
  give(take());
  give(malloc(20));
  free(take());
  puts("done");
}
#endif
