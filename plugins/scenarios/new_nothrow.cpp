// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from the nothrow operator new is given to the nothrow operator delete on the other side.
#include "scenarios/scenario.h"

#include <new>

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, ::operator new(kOrdinary, std::nothrow), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  ::operator delete(handover->block, std::nothrow);
  return 0;
}

CROSSHEAP_SCENARIO(kNewNothrow, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "new-nothrow",
                   "A block from the nothrow operator new is given to the nothrow operator delete on the other side.",
                   "operator new nothrow", "operator delete nothrow", give, take);

}  // namespace
}  // namespace crossheap::scenarios
