// SPDX-License-Identifier: MIT OR Apache-2.0
//
// realloc, malloc_usable_size and operator delete of the program get odd addresses and answer as alone.
//
// build: program -O1 -fsized-deallocation
// truth: clean
#include <malloc.h>
#include <cstdio>
#include <cstdlib>
#include <new>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile unsigned long odd;
#define KEEP extern "C" __attribute__((noinline, noclone))
KEEP void *malloc(size_t n) { return pool_take(n); }
KEEP void *realloc(void *p, size_t n) {
  if ((unsigned long)p - 1 > (1ul << 47) - 5000) return odd = odd + 1, nullptr;
  return pool_take(n);
}
KEEP void free(void *p) { odd = odd + ((unsigned long)p >> 47 != 0); }
KEEP size_t malloc_usable_size(void *p) noexcept { return (unsigned long)p >> 47 ? 77 : 0; }
__attribute__((noinline)) void *operator new(std::size_t n) { return pool_take(n); }
__attribute__((noinline)) void operator delete(void *p) noexcept { odd = odd + ((unsigned long)p >> 47); }
__attribute__((noinline)) void operator delete(void *p, std::size_t n) noexcept {
  odd = odd + ((unsigned long)p >> 50) + n;
}
int main() {
  const unsigned long addresses[] = {1,        4095, 1ul << 47, (1ul << 47) - 1, ~0ul, ~0ul << 47, 0xdeadbeefdeadbeeful,
                                     1ul << 63};
  unsigned long sum = 0;
  for (unsigned long a : addresses) {
    sum += malloc_usable_size((void *)a);
    if (a >> 47) sum += realloc((void *)a, 10) == nullptr;
    free((void *)a);
    operator delete((void *)a);
    operator delete ((void *)a, std::size_t{5});
  }
  unsigned long n = odd;
  std::printf("%lu %lu\n", sum, n);
}
