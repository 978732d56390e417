// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A variable of an inline function is one for all copies of the library (STB_GNU_UNIQUE), also where they are local:
// both copies release what it holds. `MENDED` gives each copy its own.
#include <cstdlib>

#ifdef MENDED
static
#else
__attribute__((visibility("default"))) inline
#endif
    void *&
    pool() {
  static void *only = nullptr;
  return only;
}

__attribute__((constructor)) static void begin() { pool() = std::malloc(2000); }
__attribute__((destructor)) static void end() { std::free(pool()); }
