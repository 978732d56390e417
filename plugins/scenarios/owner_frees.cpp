// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from malloc goes back through a function of its owner, which frees it.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

void free_own(crossheap_handover *handover) { CROSSHEAP_HEAP(free)(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->release = free_own;
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kOwnerFrees, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'b', "owner-frees",
                   "A block from malloc goes back through a function of its owner, which frees it.", "malloc", "owner",
                   give, take);

}  // namespace
}  // namespace crossheap::scenarios
