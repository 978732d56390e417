// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A std::string is grown on the other side and destroyed by its owner: the taker releases the owner's buffer, and the
// owner the taker's (XH204). Since C++20 the code of std::string is constexpr and ends up inlined in each image. So
// both do it with the operators that they are bound to, and not with libstdc++'s.
#include "scenarios/scenario.h"

#include <string>

namespace crossheap::scenarios {
namespace {

constexpr std::size_t kLength = 100;

void destroy(crossheap_handover *handover) { delete static_cast<std::string *>(handover->block); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->block = new std::string(kLength, 'g');
  handover->release = destroy;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto &text = *static_cast<std::string *>(handover->block);
  text.append(40 * kLength, 't');
  expect(*host,
         text.size() == 41 * kLength && text.find_first_not_of('g') == kLength &&
             text.find_last_not_of('t') == kLength - 1,
         "the string does not hold what was put into it");
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kStringGrown, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "string-grown",
                   "A std::string is grown on the other side and destroyed by its owner.", "operator new",
                   "operator delete sized,operator new,giver operator delete sized", give, take);

}  // namespace
}  // namespace crossheap::scenarios
