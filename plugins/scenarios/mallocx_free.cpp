// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from mallocx is given to free: safe only where both names mean one jemalloc (XH103).
#include "scenarios/scenario.h"

#if CROSSHEAP_HEAP_HAS_MALLOCX
namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(mallocx)(kOrdinary, 0), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kMallocxFree, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "mallocx-free",
                   "A block from mallocx is given to free.", "mallocx", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
#endif
