// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from malloc is given to sdallocx: safe only where both names mean one jemalloc (XH103).
#include "scenarios/scenario.h"

#if CROSSHEAP_HEAP_HAS_MALLOCX
namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(sdallocx)(handover->block, kOrdinary, 0);
  return 0;
}

CROSSHEAP_SCENARIO(kMallocSdallocx, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "malloc-sdallocx",
                   "A block from malloc is given to sdallocx.", "malloc", "sdallocx", give, take);

}  // namespace
}  // namespace crossheap::scenarios
#endif
