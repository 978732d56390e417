// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Its operator new asks the host's allocator, which is handed over after the constructors have run. `MENDED` constructs
// nothing before.
#include <cstddef>
#include <cstdlib>

namespace {
void *(*host_malloc)(std::size_t) = nullptr;
}

extern "C" __attribute__((visibility("default"))) void plugin_open(void *(*allocate)(std::size_t)) {
  host_malloc = allocate;
}

__attribute__((noinline)) void *operator new(std::size_t size) {
  void *block = host_malloc(size);
  if (block == nullptr) std::abort();
  return block;
}
void operator delete(void *) noexcept {}
void operator delete(void *, std::size_t) noexcept {}

#ifndef MENDED
extern int *number;
int *number;
__attribute__((constructor)) static void begin() { number = new int(1); }
#endif
