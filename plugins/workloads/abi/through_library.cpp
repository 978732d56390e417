// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loops inside a shared library, which is on malloc by the rule: directly through the PLT, and through the ABI.
#include "through_library.h"

#include <crossheap/allocator.h>

#include <cstdlib>

namespace crossheap::bench {
namespace {

struct Direct {
  static void *allocate(std::size_t size) { return std::malloc(size); }
  static void release(void *block, std::size_t) { std::free(block); }
};

struct ThroughAbi {
  static void *allocate(std::size_t size) { return crossheap_allocate(size, 8); }
  static void release(void *block, std::size_t size) { crossheap_deallocate(block, size, 8); }
};

}  // namespace

Variant direct_in_a_library() { return variant<Direct>("direct, in a shared library"); }
Variant abi_in_a_library() { return variant<ThroughAbi>("ABI, in a shared library"); }

}  // namespace crossheap::bench
