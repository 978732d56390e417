// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own sized and aligned operators are compiled with what they clobber known: values live across them.
//
// build: program -O2 -std=c++17 -fno-inline
// truth: clean
#include <cstdio>
#include <new>
#define POOL_MEMORY POOL_STATIC
#define POOL_BYTES (4 << 20)
#include "truth/include/pool.h"
volatile unsigned long released;
#define KEEP __attribute__((noinline, noclone))
KEEP void *operator new(std::size_t n, std::align_val_t a) { return pool_take_aligned(n, (std::size_t)a); }
KEEP void operator delete(void *, std::align_val_t) noexcept { released = released + 1; }
KEEP void operator delete(void *, std::size_t, std::align_val_t) noexcept { released = released + 1; }
KEEP void *operator new[](std::size_t n) { return pool_take(n); }
KEEP void operator delete[](void *) noexcept { released = released + 1; }
KEEP void operator delete[](void *, std::size_t) noexcept { released = released + 1; }
struct alignas(64) Wide {
  unsigned long value[8];
};
KEEP unsigned long mix(unsigned long a, unsigned long b, unsigned long c, Wide *p, long *q) {
  unsigned long d = a ^ b, e = b * 3, f = c - a, g = d + e, h = a * 7, i = b ^ c ^ d;
  delete p;
  unsigned long j = g ^ h;
  delete[] q;
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j;
}
int main() {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i) sum = sum * 3 + mix(i, i * i, sum, new Wide, new long[5]);
  std::printf("%lu %lu\n", sum, (unsigned long)released);
}
