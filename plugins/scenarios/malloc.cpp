// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from malloc is freed on the other side.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kMalloc, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "malloc",
                   "A block from malloc is freed on the other side.", "malloc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
