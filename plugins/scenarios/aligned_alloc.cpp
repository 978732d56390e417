// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from aligned_alloc is freed on the other side.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kAlign = 256;

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(aligned_alloc)(kAlign, 4 * kAlign), 4 * kAlign, kAlign);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kAlignedAlloc, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "aligned-alloc",
                   "A block from aligned_alloc is freed on the other side.", "malloc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
