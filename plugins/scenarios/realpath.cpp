// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A path from realpath(path, NULL) is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <stdlib.h>  // realpath

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_text(*handover, ::realpath("/usr/../usr/.", nullptr), "/usr");
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what libc wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kRealpath, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "realpath",
                   "A path from realpath(path, NULL) is freed on the other side.", "libc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
