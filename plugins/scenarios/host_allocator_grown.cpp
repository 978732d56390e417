// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of the host's allocator is grown on the other side with the host's function.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  return give_block(*handover, host->party.allocate(kOrdinary, 16), kOrdinary, 16);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  void *grown = host->party.reallocate(handover->block, kOrdinary, 16, 64 * kOrdinary);
  if (grown == nullptr) return 1;
  expect(*host, holds(grown, kOrdinary, handover->seed), "the host's reallocate did not keep the contents");
  host->party.release(grown, 64 * kOrdinary, 16);
  return 0;
}

CROSSHEAP_SCENARIO(kHostAllocatorGrown, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'c', "host-allocator-grown",
                   "A block of the host's allocator is grown on the other side with the host's function.", "host",
                   "host", give, take);

}  // namespace
}  // namespace crossheap::scenarios
