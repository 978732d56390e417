// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block is freed on the other side by another thread than the one that allocated it.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  return on_thread([&] {
    check_contents(*host, *handover);
    CROSSHEAP_HEAP(free)(handover->block);
  });
}

CROSSHEAP_SCENARIO(kThreadOther, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "thread-other",
                   "A block is freed on the other side by another thread than the one that allocated it.", "malloc",
                   "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
