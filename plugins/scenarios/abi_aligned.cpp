// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of the ABI aligned to a page is released by the other side or by its owner.
#include "scenarios/scenario.h"

#include "scenarios/abi_transfer.h"

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kAlign = 4096;

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  void *block = crossheap_allocate(3 * kAlign, kAlign);
  expect(*host, reinterpret_cast<std::uintptr_t>(block) % kAlign == 0, "crossheap_allocate did not align the block");
  return give_block(*handover, block, 3 * kAlign, kAlign);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  abi_release(*handover, handover->block, 3 * kAlign, kAlign);
  return 0;
}

CROSSHEAP_SCENARIO(kAbiAligned, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'd', "abi-aligned",
                   "A block of the ABI aligned to a page is released by the other side or by its owner.", "abi", "abi",
                   give, take);

}  // namespace
}  // namespace crossheap::scenarios
