// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An exception thrown on one side is caught on the other. The thrower's runtime allocates it, and leaves its own
// clean-up in the exception's header, which the catcher's runtime calls: the exception goes home even between two C++
// runtimes (XH209 expects otherwise). What fails is a runtime that is itself split between two heaps, and the unwinder,
// which does not see across link namespaces.
#include "scenarios/scenario.h"

#include <stdexcept>
#include <string_view>

namespace crossheap::scenarios {
namespace {

constexpr const char *kWords = "an exception whose text is long enough for a buffer of its own on the heap";

void throw_it(crossheap_handover *) { throw std::runtime_error(kWords); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->release = throw_it;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  try {
    handover->release(handover);
  } catch (const std::runtime_error &caught) {
    expect(*host, std::string_view(caught.what()) == kWords, "the exception's text is not what was thrown");
    return 0;
  }
  expect(*host, false, "no exception arrived");
  return 0;
}

CROSSHEAP_SCENARIO(kException, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "exception",
                   "An exception thrown on one side is caught on the other.", "libstdc++", "owner", give, take);

}  // namespace
}  // namespace crossheap::scenarios
