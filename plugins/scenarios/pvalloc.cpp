// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from pvalloc is freed on the other side. jemalloc has no pvalloc, so libc's serves it and its block is
// libc's: a crossing inside one image (XH104).
#include "scenarios/scenario.h"

#include <malloc.h>

#if !defined(CROSSHEAP_HEAP_PREFIXED)
namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, ::pvalloc(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  std::free(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kPvalloc, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "pvalloc",
                   "A block from pvalloc is freed on the other side.", "pvalloc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
#endif
