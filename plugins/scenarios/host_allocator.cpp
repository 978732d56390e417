// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block comes from the allocator that the host handed in, and goes back to it from either side.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  return give_block(*handover, host->party.allocate(kOrdinary, 16), kOrdinary, 16);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  host->party.release(handover->block, kOrdinary, 16);
  return 0;
}

CROSSHEAP_SCENARIO(kHostAllocator, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'c', "host-allocator",
                   "A block comes from the allocator that the host handed in, and goes back to it from either side.",
                   "host", "host", give, take);

}  // namespace
}  // namespace crossheap::scenarios
