// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sized, aligned and array forms of delete in a library with operators of its own, given blocks of libstdc++'s new.
//
// build: libown.so -DLIBRARY -std=c++17 -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -std=c++17 -ldl
// truth: XH201 owner=libc.so.6:glibc releaser=libown.so count=4
// policies: route
// alone: any
// prints: done
#include <cstddef>
#include <new>
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
static volatile int released;
#define KEEP __attribute__((noinline, noclone))
KEEP void *operator new(std::size_t n) { return pool_take(n); }
KEEP void *operator new(std::size_t n, std::align_val_t a) { return pool_take_aligned(n, (std::size_t)a); }
KEEP void *operator new[](std::size_t n) { return pool_take(n); }
KEEP void operator delete(void *) noexcept { released = released + 1; }
KEEP void operator delete(void *, std::size_t) noexcept { released = released + 2; }
KEEP void operator delete(void *, std::align_val_t) noexcept { released = released + 3; }
KEEP void operator delete[](void *) noexcept { released = released + 4; }
extern "C" __attribute__((visibility("default"))) void library_put(void *p, int how) {
  operator delete(operator new(5));
  if (how == 0) operator delete(p);
  if (how == 1) operator delete (p, std::size_t{64});
  if (how == 2) operator delete (p, std::align_val_t{64});
  if (how == 3) operator delete[](p);
}
#else
#include <dlfcn.h>

#include <cstdio>
int main() {
  void *library = dlopen("./libown.so", RTLD_NOW | RTLD_LOCAL);
  auto library_put = (void (*)(void *, int))dlsym(library, "library_put");
  library_put(operator new(64), 0);
  library_put(operator new(64), 1);
  library_put(operator new (64, std::align_val_t{64}), 2);
  library_put(operator new[](64), 3);
  std::puts("done");
}
#endif
