// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A string from asprintf is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <stdio.h>  // asprintf

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  char *text = nullptr;
  if (::asprintf(&text, "%d and %s", 42, "more") < 0) return 1;
  return give_text(*handover, text, "42 and more");
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what libc wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kAsprintf, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "asprintf",
                   "A string from asprintf is freed on the other side.", "libc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
