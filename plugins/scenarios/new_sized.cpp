// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block from operator new is given to the sized operator delete on the other side.
#include "scenarios/scenario.h"

#include <new>

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, ::operator new(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  ::operator delete(handover->block, kOrdinary);
  return 0;
}

CROSSHEAP_SCENARIO(kNewSized, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "new-sized",
                   "A block from operator new is given to the sized operator delete on the other side.", "operator new",
                   "operator delete sized", give, take);

}  // namespace
}  // namespace crossheap::scenarios
