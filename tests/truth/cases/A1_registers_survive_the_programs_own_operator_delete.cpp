// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Values are kept in registers over the program's own operator delete, which GCC can see to touch few of them.
//
// build: program -O2 -fno-inline
// truth: clean
#include <cstdio>
#include <new>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
volatile unsigned long released;
__attribute__((noinline)) void *operator new(std::size_t n) { return pool_take(n); }
__attribute__((noinline)) void operator delete(void *) noexcept { released = released + 1; }
__attribute__((noinline)) void operator delete(void *, std::size_t n) noexcept { released = released + n; }
struct Thing {
  unsigned long value;
};
__attribute__((noinline)) unsigned long mix(unsigned long a, unsigned long b, unsigned long c, Thing *p) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  double x = (double)(a & 255), y = x * 3;
  delete p;
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + (unsigned long)(x + y);
}
int main() {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, new Thing{i});
  std::printf("%lu %lu\n", sum, (unsigned long)released);
}
