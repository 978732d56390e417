// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of the ABI is released on another thread, by the other side or by its owner.
#include "scenarios/scenario.h"

#include "scenarios/abi_transfer.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, crossheap_allocate(kOrdinary, 16), kOrdinary, 16);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  return on_thread([&] {
    check_contents(*host, *handover);
    abi_release(*handover, handover->block, kOrdinary, 16);
  });
}

CROSSHEAP_SCENARIO(kAbiOnThread, kBothWays, CROSSHEAP_STAGING_NONE, CROSSHEAP_SCENARIO_ONE_NAMESPACE, 'd',
                   "abi-on-thread",
                   "A block of the ABI is released on another thread, by the other side or by its owner.", "abi", "abi",
                   give, take);

}  // namespace
}  // namespace crossheap::scenarios
