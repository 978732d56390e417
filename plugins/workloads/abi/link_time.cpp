// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The ABI with link-time optimisation: this file and a copy of the provider, whose functions have other names there
// (CMakeLists.txt), are the only objects of the program that carry intermediate code.
#include <crossheap/allocator.h>

#include "resolutions.h"

namespace crossheap::bench {
namespace {

struct Optimised {
  static void *allocate(std::size_t size) { return crossheap_allocate(size, 8); }
  static void release(void *block, std::size_t size) { crossheap_deallocate(block, size, 8); }
};

}  // namespace

Variant link_time_optimised() { return variant<Optimised>("ABI, link-time optimisation"); }

}  // namespace crossheap::bench
