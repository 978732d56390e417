// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block is freed on the other side by the destructor of a static object (XH303).
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

struct Keeper {
  const crossheap_host *host = nullptr;
  crossheap_handover handover{};

  ~Keeper() {
    if (host == nullptr) return;
    check_contents(*host, handover);
    CROSSHEAP_HEAP(free)(handover.block);
    crossheap_experiment_of(host)->report_finished();
  }
};

Keeper keeper;

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  keeper.host = host;
  keeper.handover = *handover;
  return 0;
}

CROSSHEAP_SCENARIO(kStaticDestructor, kEveryWay, CROSSHEAP_STAGING_AT_EXIT, 0, 'a', "static-destructor",
                   "A block is freed on the other side by the destructor of a static object.", "malloc", "free", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
