// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Operators new and delete on a static array: a block of malloc's is given to delete, and one of new's to free.
//
// build: program -O1
// truth: XH201 _ZdlPv owner=libc.so.6:glibc releaser=program
// truth: XH201 free owner=program releaser=libc.so.6:glibc routed=any
// prints: done
// alone: any
// policies: route
#include <cstdio>
#include <cstdlib>
#include <new>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile int released;
__attribute__((noinline)) void *operator new(std::size_t n) { return pool_take(n); }
__attribute__((noinline)) void operator delete(void *) noexcept { released = released + 1; }
__attribute__((noinline)) void operator delete(void *, std::size_t) noexcept { released = released + 1; }
int main() {
  operator delete(operator new(10));
  operator delete(std::malloc(10));
  std::free(operator new(10));
  std::puts("done");
}
