// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A zeroed block of the ABI is released by the other side or by its owner.
#include "scenarios/scenario.h"

#include "scenarios/abi_transfer.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  auto *block = static_cast<unsigned char *>(crossheap_allocate_zeroed(kOrdinary, 16));
  if (block == nullptr) return 1;
  for (std::size_t i = 0; i < kOrdinary; ++i)
    expect(*host, block[i] == 0, "crossheap_allocate_zeroed handed out a block that is not zero");
  return give_block(*handover, block, kOrdinary, 16);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  abi_release(*handover, handover->block, kOrdinary, 16);
  return 0;
}

CROSSHEAP_SCENARIO(kAbiZeroed, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'd', "abi-zeroed",
                   "A zeroed block of the ABI is released by the other side or by its owner.", "abi", "abi", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
