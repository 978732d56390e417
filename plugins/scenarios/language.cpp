// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The host's side of what only plugins in other languages offer (plugins/languages): memory of the language given raw
// to the host, and the host's given raw to the language. Plain malloc and free on this side; linked into hosts only.
#include "scenarios/libc_text.h"
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

std::int32_t take_text(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what the language wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kLanguageHeap, kToHost, CROSSHEAP_STAGING_NONE, 0, 'a', "language-heap",
                   "What the plugin's language makes objects with is freed by the host.", "language heap", "free", give,
                   take);
CROSSHEAP_SCENARIO(kLanguageRelease, kToPlugin, CROSSHEAP_STAGING_NONE, 0, 'a', "language-release",
                   "A block from the host's malloc is released as the plugin's language releases objects.", "malloc",
                   "language heap", give, take);
CROSSHEAP_SCENARIO(kLanguageString, kToHost, CROSSHEAP_STAGING_NONE, 0, 'a', "language-string",
                   "A C string that the plugin's language made is freed by the host.", "language string", "free", give,
                   take_text);

}  // namespace
}  // namespace crossheap::scenarios
