// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A string from strdup is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <string.h>  // strdup

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  constexpr std::string_view kText = "a string that libc copies";
  return give_text(*handover, ::strdup(kText.data()), kText);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what libc wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kStrdup, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "strdup",
                   "A string from strdup is freed on the other side.", "strdup", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
