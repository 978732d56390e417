// SPDX-License-Identifier: MIT OR Apache-2.0
//
// operator new is inlined into its callers and asks jemalloc-like malloc for a rounded size; free_sized names that
// size.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC
// build: program -O2 -DPROGRAM -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
extern "C" {
#define POOL_MEMORY POOL_MMAP
#define POOL_BYTES (16 << 20)
#include "truth/include/own.h"
void free_sized(void *p, size_t n) { free(p); }
}
#else
#include <cstdio>
#include <cstdlib>
extern "C" void free_sized(void *, std::size_t);
inline __attribute__((always_inline)) void *take(std::size_t n) { return std::malloc((n + 31) & ~std::size_t{31}); }
inline __attribute__((always_inline)) void give(void *p, std::size_t n) { free_sized(p, (n + 31) & ~std::size_t{31}); }
int main() {
  for (std::size_t i = 1; i < 300; ++i) give(take(i), i);
  std::puts("done");
}
#endif
