// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from the aligned operator new is given to the aligned operator delete on the other side.
#include "scenarios/scenario.h"

#include <new>

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kAlign = 256;

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, ::operator new (4 * kAlign, std::align_val_t{kAlign}), 4 * kAlign, kAlign);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  ::operator delete (handover->block, 4 * kAlign, std::align_val_t{kAlign});
  return 0;
}

CROSSHEAP_SCENARIO(kNewAligned, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "new-aligned",
                   "A block from the aligned operator new is given to the aligned operator delete on the other side.",
                   "operator new aligned", "operator delete aligned", give, take);

}  // namespace
}  // namespace crossheap::scenarios
