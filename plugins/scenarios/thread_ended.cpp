// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block is freed on the other side after the thread that allocated it has ended (XH305).
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  std::int32_t given = 1;
  const std::int32_t started =
      on_thread([&] { given = give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary); });
  return started != 0 ? started : given;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kThreadEnded, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "thread-ended",
                   "A block is freed on the other side after the thread that allocated it has ended.", "malloc", "free",
                   give, take);

}  // namespace
}  // namespace crossheap::scenarios
