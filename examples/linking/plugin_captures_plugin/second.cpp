// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <new>

extern "C" void work() {
  std::free(::operator new(100));  // careless, and harmless as long as operator new is malloc
  std::puts("second");
}
