// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A zeroed block from calloc is freed on the other side.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  auto *block = static_cast<unsigned char *>(CROSSHEAP_HEAP(calloc)(kOrdinary, 1));
  if (block == nullptr) return 1;
  for (std::size_t i = 0; i < kOrdinary; ++i)
    expect(*host, block[i] == 0, "calloc handed out a block that is not zero");
  return give_block(*handover, block, kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kCalloc, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "calloc",
                   "A zeroed block from calloc is freed on the other side.", "malloc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
