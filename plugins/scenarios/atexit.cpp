// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block is freed on the other side by a handler that atexit registered.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

const crossheap_host *remembered_host = nullptr;
crossheap_handover remembered;

void free_at_exit() {
  check_contents(*remembered_host, remembered);
  CROSSHEAP_HEAP(free)(remembered.block);
  crossheap_experiment_of(remembered_host)->report_finished();
}

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  remembered_host = host;
  remembered = *handover;
  return std::atexit(free_at_exit);
}

CROSSHEAP_SCENARIO(kAtexit, kEveryWay, CROSSHEAP_STAGING_AT_EXIT, 0, 'a', "atexit",
                   "A block is freed on the other side by a handler that atexit registered.", "malloc", "free", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
