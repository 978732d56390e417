// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of the ABI is grown and released by the other side where both share a heap, else by its owner.
#include "scenarios/scenario.h"

#include "scenarios/abi_transfer.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, crossheap_allocate(kOrdinary, 16), kOrdinary, 16);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  void *grown = abi_reallocate(*handover, handover->block, kOrdinary, 16, 64 * kOrdinary);
  if (grown == nullptr) return 1;
  expect(*host, holds(grown, kOrdinary, handover->seed), "reallocating did not keep the contents");
  fill(grown, 64 * kOrdinary, handover->seed + 1);
  abi_release(*handover, grown, 64 * kOrdinary, 16);
  return 0;
}

CROSSHEAP_SCENARIO(
    kAbiGrown, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'd', "abi-grown",
    "A block of the ABI is grown and released by the other side where both share a heap, else by its owner.", "abi",
    "abi", give, take);

}  // namespace
}  // namespace crossheap::scenarios
