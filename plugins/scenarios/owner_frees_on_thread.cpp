// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block goes back through its owner's function on another thread.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

void free_own(crossheap_handover *handover) { CROSSHEAP_HEAP(free)(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->release = free_own;
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  return on_thread([&] {
    check_contents(*host, *handover);
    handover->release(handover);
  });
}

CROSSHEAP_SCENARIO(kOwnerFreesOnThread, kBothWays, CROSSHEAP_STAGING_NONE, CROSSHEAP_SCENARIO_ONE_NAMESPACE, 'b',
                   "owner-frees-on-thread", "A block goes back through its owner's function on another thread.",
                   "malloc", "owner", give, take);

}  // namespace
}  // namespace crossheap::scenarios
