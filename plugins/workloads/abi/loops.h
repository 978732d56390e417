// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loads of the ABI's measurement. A loop is a template over the heap's functions. So each variant is compiled the
// same way with its own calls in it, in the executable and in a shared library.
//
// None allocates and releases one block in turn: identical code differed by 11 % there.
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

/// 64 blocks grow in turns, by half each time, from 64 bytes to more than 16 KiB. An operation is one growth.
template <class Heap>
void growths(const Work &work) {
  constexpr std::size_t kSteps = 14;
  void *blocks[kBatch];
  for (std::size_t done = 0; done + kBatch * kSteps <= work.operations; done += kBatch * kSteps) {
    std::size_t size = 64;
    for (void *&block : blocks) block = Heap::allocate(size);
    for (std::size_t step = 0; step < kSteps; ++step, size += size / 2)
      for (void *&block : blocks) {
        block = Heap::grow(block, size, size + size / 2);
        static_cast<volatile char *>(block)[size] = 1;
      }
    for (void *block : blocks) Heap::release(block, size);
  }
}

/// The loops of one variant; null where it has none.
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
