// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Many blocks of many sizes live on one side's own heap at once, and nothing crosses. As a scenario it is the control:
// a side whose own heap fails here has a problem of its own. The runner also plays it on both sides, interleaved, after
// every other scenario: a block that two heaps believe to be theirs is found by its contents there.
#include <array>

#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

constexpr std::array<std::size_t, 7> kSizes{16, 24, kOrdinary, 250, 1000, 4000, 7680};
constexpr std::size_t kRounds = 3;
constexpr std::size_t kBlocks = kRounds * kSizes.size();

std::size_t size_of(std::size_t index) { return kSizes[index % kSizes.size()]; }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  auto **blocks = static_cast<void **>(CROSSHEAP_HEAP(calloc)(kBlocks, sizeof(void *)));
  if (blocks == nullptr) return 1;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    blocks[i] = CROSSHEAP_HEAP(malloc)(size_of(i));
    if (blocks[i] == nullptr) return 1;
    fill(blocks[i], size_of(i), handover->seed + i);
  }
  handover->block = blocks;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto **blocks = static_cast<void **>(handover->block);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    expect(*host, holds(blocks[i], size_of(i), handover->seed + i),
           "a block of one heap was overwritten through another");
    CROSSHEAP_HEAP(free)(blocks[i]);
  }
  CROSSHEAP_HEAP(free)(blocks);
  return 0;
}

CROSSHEAP_SCENARIO(kOwnHeap, kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "own-heap",
                   "Many blocks live on the plugin's own heap, and nothing crosses.", "malloc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
