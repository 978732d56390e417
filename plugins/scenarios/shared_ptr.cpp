// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The last std::shared_ptr to an object is dropped on the other side. Its control block was made by the owner's
// make_shared and carries the owner's destructor, so the block goes home: the one smart pointer that crosses well.
#include "scenarios/scenario.h"

#include <memory>

namespace crossheap::scenarios {
namespace {

using Shared = std::shared_ptr<std::uint64_t>;

void destroy(crossheap_handover *handover) { delete static_cast<Shared *>(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->block = new Shared(std::make_shared<std::uint64_t>(handover->seed));
  handover->release = destroy;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  Shared mine = *static_cast<Shared *>(handover->block);
  handover->release(handover);
  expect(*host, mine.use_count() == 1 && *mine == handover->seed, "the shared object is not what its giver made");
  mine.reset();
  return 0;
}

CROSSHEAP_SCENARIO(kSharedPtr, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "shared-ptr",
                   "The last std::shared_ptr to an object is dropped on the other side.", "operator new", "owner", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
