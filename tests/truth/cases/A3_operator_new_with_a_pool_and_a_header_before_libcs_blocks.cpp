// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's operator new puts a header before each block, small blocks from a mapped pool, large ones from malloc.
//
// build: program -O1
// truth: clean
#include <cstdio>
#include <cstdlib>
#include <new>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
struct Header {
  std::size_t size;
  std::size_t kind;
};
__attribute__((noinline)) void *operator new(std::size_t n) {
  Header *h = (Header *)(n <= 128 ? pool_take(n + sizeof(Header)) : std::malloc(n + sizeof(Header)));
  h->size = n;
  h->kind = n <= 128 ? 1 : 2;
  return h + 1;
}
__attribute__((noinline)) void operator delete(void *p) noexcept {
  if (!p) return;
  Header *h = (Header *)p - 1;
  if (h->kind == 2) std::free(h);
}
__attribute__((noinline)) void operator delete(void *p, std::size_t) noexcept { operator delete(p); }
int main() {
  unsigned long sum = 0;
  for (int i = 0; i < 200; ++i) {
    int *small = new int(i);
    char *large = (char *)operator new(1000 + i);
    large[i] = (char)i;
    sum += *small + large[i];
    operator delete(large);
    delete small;
  }
  std::printf("%lu\n", sum);
}
