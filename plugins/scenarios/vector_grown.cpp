// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A std::vector is grown on the other side and destroyed by its owner (XH204).
#include "scenarios/scenario.h"

#include <vector>

namespace crossheap::scenarios {
namespace {

void destroy(crossheap_handover *handover) { delete static_cast<std::vector<std::uint32_t> *>(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->block = new std::vector<std::uint32_t>(30, 7u);
  handover->release = destroy;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto &numbers = *static_cast<std::vector<std::uint32_t> *>(handover->block);
  for (std::uint32_t i = 0; i < 1000; ++i) numbers.push_back(i);
  expect(*host, numbers.size() == 1030 && numbers[29] == 7 && numbers[1029] == 999,
         "the vector does not hold what was put into it");
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kVectorGrown, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "vector-grown",
                   "A std::vector is grown on the other side and destroyed by its owner.", "operator new",
                   "operator delete sized,operator new,giver operator delete sized", give, take);

}  // namespace
}  // namespace crossheap::scenarios
