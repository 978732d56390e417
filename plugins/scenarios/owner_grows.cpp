// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block is grown and freed through the functions that its owner exports.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, handover->owner->allocate(kOrdinary, 16), kOrdinary, 16);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  void *grown = handover->owner->reallocate(handover->block, kOrdinary, 16, 64 * kOrdinary);
  if (grown == nullptr) return 1;
  expect(*host, holds(grown, kOrdinary, handover->seed), "the owner's reallocate did not keep the contents");
  fill(grown, 64 * kOrdinary, handover->seed + 1);
  handover->owner->release(grown, 64 * kOrdinary, 16);
  return 0;
}

CROSSHEAP_SCENARIO(kOwnerGrows, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'b', "owner-grows",
                   "A block is grown and freed through the functions that its owner exports.", "party", "owner", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
