// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of the plugin is read and freed by the host after the plugin was closed (XH302).
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kAcrossDlclose, kToHost, CROSSHEAP_STAGING_CLOSE_BETWEEN, 0, 'a', "across-dlclose",
                   "A block of the plugin is read and freed by the host after the plugin was closed.", "malloc", "free",
                   give, take);

}  // namespace
}  // namespace crossheap::scenarios
