// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from malloc is grown with reallocarray on the other side, and freed there. Some allocators lack
// reallocarray: then libc's, which calls the realloc of its own binding, serves it (XH104). jemalloc has none, so
// a prefixed build has nothing to call.
#include "scenarios/scenario.h"

#include <stdlib.h>  // reallocarray

#if !defined(CROSSHEAP_HEAP_PREFIXED)
namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, std::malloc(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  void *grown = ::reallocarray(handover->block, 64, kOrdinary);
  if (grown == nullptr) return 1;
  expect(*host, holds(grown, kOrdinary, handover->seed), "reallocarray did not keep the contents");
  std::free(grown);
  return 0;
}

CROSSHEAP_SCENARIO(kReallocarray, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "reallocarray",
                   "A block from malloc is grown with reallocarray on the other side, and freed there.", "malloc",
                   "reallocarray,free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
#endif
