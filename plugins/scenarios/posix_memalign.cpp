// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from posix_memalign is freed on the other side.
#include "scenarios/scenario.h"

#include <stdlib.h>  // posix_memalign

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kAlign = 4096;

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  void *block = nullptr;
  if (CROSSHEAP_HEAP(posix_memalign)(&block, kAlign, kAlign) != 0) return 1;
  return give_block(*handover, block, kAlign, kAlign);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kPosixMemalign, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "posix-memalign",
                   "A block from posix_memalign is freed on the other side.", "malloc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
