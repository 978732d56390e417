// SPDX-License-Identifier: MIT OR Apache-2.0
#include "direct.h"
#include "resolutions.h"

namespace crossheap::bench {
namespace {

struct WithoutPlt {
  static void *allocate(std::size_t size) { return DIRECT(malloc)(size); }
  static void release(void *block, std::size_t) { DIRECT(free)(block); }
};

}  // namespace

Variant no_plt() { return variant<WithoutPlt>("direct, no PLT"); }

}  // namespace crossheap::bench
