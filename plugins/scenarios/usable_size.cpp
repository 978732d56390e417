// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from malloc is asked for its usable size on the other side, then freed by its owner.
#include "scenarios/scenario.h"

#include <malloc.h>

namespace crossheap::scenarios {
namespace {

void free_own(crossheap_handover *handover) { CROSSHEAP_HEAP(free)(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->release = free_own;
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  const std::size_t usable = CROSSHEAP_HEAP(malloc_usable_size)(handover->block);
  // No allocator serves a request of this size from a class of more than 16 times as much.
  expect(*host, usable >= kOrdinary && usable < 16 * kOrdinary,
         "malloc_usable_size answered nonsense for the other side's block");
  check_contents(*host, *handover);
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kUsableSize, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "usable-size",
                   "A block from malloc is asked for its usable size on the other side, then freed by its owner.",
                   "malloc", "malloc_usable_size", give, take);

}  // namespace
}  // namespace crossheap::scenarios
