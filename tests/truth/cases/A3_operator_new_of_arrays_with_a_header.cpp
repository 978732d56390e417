// SPDX-License-Identifier: MIT OR Apache-2.0
//
// operator new[] keeps a header and takes from a static pool up to 100 bytes, else from malloc; operator new only
// forwards.
//
// build: program -O1
// truth: clean
#include <cstdio>
#include <cstdlib>
#include <new>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
__attribute__((noinline)) void *operator new(std::size_t n) { return std::malloc(n); }
__attribute__((noinline)) void operator delete(void *p) noexcept { std::free(p); }
__attribute__((noinline)) void operator delete(void *p, std::size_t) noexcept { std::free(p); }
__attribute__((noinline)) void *operator new[](std::size_t n) {
  long *h = (long *)(n <= 100 ? pool_take(n + 32) : std::malloc(n + 32));
  h[0] = n <= 100;
  return h + 4;
}
__attribute__((noinline)) void operator delete[](void *p) noexcept {
  if (!p) return;
  long *h = (long *)p - 4;
  if (!h[0]) std::free(h);
}
__attribute__((noinline)) void operator delete[](void *p, std::size_t) noexcept { operator delete[](p); }
int main() {
  long sum = 0;
  for (int i = 0; i < 100; ++i) {
    int *one = new int(i);
    int *few = new int[10]{i};
    int *many = new int[1000]{i};
    sum += *one + few[0] + many[0];
    delete[] many;
    delete one;
    delete[] few;
  }
  std::printf("%ld\n", sum);
}
