// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's operators on a pool get libc's blocks by every form of delete; each goes back to libc.
//
// build: program -O1 -std=c++17
// truth: XH201 _ZdlPv owner=libc.so.6:glibc releaser=program
// truth: XH201 _ZdlPvm owner=libc.so.6:glibc releaser=program
// truth: XH201 _ZdaPv owner=libc.so.6:glibc releaser=program
// truth: XH201 _ZdlPvSt11align_val_t owner=libc.so.6:glibc releaser=program
// truth: XH201 _ZdlPvmSt11align_val_t owner=libc.so.6:glibc releaser=program
// prints: done
// policies: route report
#include <cstdio>
#include <cstdlib>
#include <new>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile unsigned long a, b, c, d, e;
#define OUT __attribute__((noinline, noclone))
OUT void *operator new(std::size_t n) { return pool_take(n); }
OUT void *operator new[](std::size_t n) { return pool_take(n + 1); }
OUT void *operator new(std::size_t n, std::align_val_t t) { return pool_take_aligned(n, (std::size_t)t); }
OUT void operator delete(void *p) noexcept { a = a + 1; }
OUT void operator delete(void *p, std::size_t n) noexcept { b = b + 2; }
OUT void operator delete[](void *p) noexcept { c = c + 3; }
OUT void operator delete(void *p, std::align_val_t) noexcept { d = d + 4; }
OUT void operator delete(void *p, std::size_t, std::align_val_t) noexcept { e = e + 5; }
int main() {
  operator delete(operator new(10));
  operator delete(malloc(10));
  operator delete (malloc(10), std::size_t{10});
  operator delete[](malloc(10));
  operator delete (aligned_alloc(64, 64), std::align_val_t{64});
  operator delete (aligned_alloc(64, 64), std::size_t{64}, std::align_val_t{64});
  std::puts("done");
}
