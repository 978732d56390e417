// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same library's loop without the PLT: compiled with -fno-plt, a call reads its target from the GOT.
#include <cstdlib>

#include "through_library.h"

namespace crossheap::bench {
namespace {

struct WithoutPlt {
  static void *allocate(std::size_t size) { return std::malloc(size); }
  static void release(void *block, std::size_t) { std::free(block); }
};

}  // namespace

Variant no_plt_in_a_library() { return variant<WithoutPlt>("direct, in a shared library, no PLT"); }

}  // namespace crossheap::bench
