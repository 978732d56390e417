// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An exception thrown on one side is caught on the other: the thrower's runtime allocates the exception, the
// catcher's runtime frees it (XH209).
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

CROSSHEAP_SCENARIO(kException, kBothWays, CROSSHEAP_STAGING_NONE, 'a', "exception",
                   "An exception thrown on one side is caught on the other.", "__cxa_demangle", "__cxa_demangle", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
