// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The text from __cxa_demangle is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <cxxabi.h>

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  int status = 0;
  char *text = abi::__cxa_demangle("_ZN9crossheap5ownerEv", nullptr, nullptr, &status);
  return status == 0 ? give_text(*handover, text, "crossheap::owner()") : 1;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the demangled name is wrong");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kDemangle, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "demangle",
                   "The text from __cxa_demangle is freed on the other side.", "libstdc++", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
