// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block aligned to a page comes from the host's allocator and goes back to it.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kAlign = 4096;

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  void *block = host->party.allocate(kOrdinary, kAlign);
  expect(*host, reinterpret_cast<std::uintptr_t>(block) % kAlign == 0, "the host's allocator did not align the block");
  return give_block(*handover, block, kOrdinary, kAlign);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  host->party.release(handover->block, kOrdinary, kAlign);
  return 0;
}

CROSSHEAP_SCENARIO(kHostAllocatorAligned, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'c', "host-allocator-aligned",
                   "A block aligned to a page comes from the host's allocator and goes back to it.", "host", "host",
                   give, take);

}  // namespace
}  // namespace crossheap::scenarios
