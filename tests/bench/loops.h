// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The two workloads of the ABI benchmark. A loop is a template over the heap's two functions, so that each
// variant is compiled the same way with its own calls in it, in the executable and in a shared library.
//
// Neither allocates and releases one block in turn: identical code differed by 11 % there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crossheap::bench {

/// What a loop works on. The sizes are the same for every variant; `slots` holds null or a live block of `held` bytes.
struct Work {
  const std::uint32_t *sizes;   ///< of the next blocks, as many as there are operations
  const std::uint32_t *places;  ///< indices into slots, as many as there are operations
  std::size_t operations;
  void **slots;
  std::uint32_t *held;
};

using Loop = void (*)(const Work &);

inline constexpr std::size_t kBatch = 64;

/// Hot: 64 allocations, then their releases. Leaves no block behind.
template <class Heap>
void batches(const Work &work) {
  void *blocks[kBatch];
  for (std::size_t start = 0; start + kBatch <= work.operations; start += kBatch) {
    const std::uint32_t *sizes = work.sizes + start;
    for (std::size_t index = 0; index < kBatch; ++index) {
      blocks[index] = Heap::allocate(sizes[index]);
      *static_cast<volatile char *>(blocks[index]) = 1;
    }
    for (std::size_t index = 0; index < kBatch; ++index) Heap::release(blocks[index], sizes[index]);
  }
}

/// Cold: each operation replaces a random one of many live blocks.
template <class Heap>
void replacements(const Work &work) {
  for (std::size_t operation = 0; operation < work.operations; ++operation) {
    const std::uint32_t place = work.places[operation];
    Heap::release(work.slots[place], work.held[place]);
    void *block = Heap::allocate(work.sizes[operation]);
    *static_cast<volatile char *>(block) = 1;
    work.slots[place] = block;
    work.held[place] = work.sizes[operation];
  }
}

/// The loops of one variant.
struct Variant {
  const char *name;
  Loop hot;
  Loop cold;
};

template <class Heap>
constexpr Variant variant(const char *name) {
  return {name, batches<Heap>, replacements<Heap>};
}

}  // namespace crossheap::bench
