// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from malloc is grown with realloc on the other side, and freed there.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  void *grown = CROSSHEAP_HEAP(realloc)(handover->block, 64 * kOrdinary);
  if (grown == nullptr) return 1;
  expect(*host, holds(grown, kOrdinary, handover->seed), "realloc did not keep the contents");
  fill(grown, 64 * kOrdinary, handover->seed + 1);
  CROSSHEAP_HEAP(free)(grown);
  return 0;
}

CROSSHEAP_SCENARIO(kRealloc, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "realloc",
                   "A block from malloc is grown with realloc on the other side, and freed there.", "malloc",
                   "realloc,free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
