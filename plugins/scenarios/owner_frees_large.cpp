// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of 1 MiB goes back through a function of its owner.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kLarge = std::size_t{1} << 20;

void free_own(crossheap_handover *handover) { CROSSHEAP_HEAP(free)(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->release = free_own;
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kLarge), kLarge);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kOwnerFreesLarge, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'b', "owner-frees-large",
                   "A block of 1 MiB goes back through a function of its owner.", "malloc", "owner", give, take);

}  // namespace
}  // namespace crossheap::scenarios
