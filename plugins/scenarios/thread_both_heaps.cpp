// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread uses the heaps of both sides, each through its owner's functions, and ends. Nothing crosses. But the sides
// may be in two link namespaces. Then two libcs keep their thread-specific values in one table of the thread, under
// keys that each of them counts from 0. At the thread's end one allocator's destructor is given the other's value
// (XH102).
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kAlign = 16;

// A block of `party`, allocated, written, checked and released by it.
bool use(const crossheap_party &party) {
  void *block = party.allocate(kOrdinary, kAlign);
  if (block == nullptr) return false;
  fill(block, kOrdinary, kAlign);
  const bool good = holds(block, kOrdinary, kAlign);
  party.release(block, kOrdinary, kAlign);
  return good;
}

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, handover->owner->allocate(kOrdinary, kAlign), kOrdinary, kAlign);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  return on_thread([&] {
    check_contents(*host, *handover);
    expect(*host, use(*handover->taker) && use(*handover->owner), "a heap used on a new thread did not keep its block");
    handover->owner->release(handover->block, kOrdinary, kAlign);
  });
}

CROSSHEAP_SCENARIO(kThreadBothHeaps, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "thread-both-heaps",
                   "A thread uses the heaps of both sides, each through its owner, and ends.", "party", "owner", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
