// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The buffer of a stream from open_memstream is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <stdio.h>  // open_memstream

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  char *text = nullptr;
  std::size_t size = 0;
  FILE *stream = ::open_memstream(&text, &size);
  if (stream == nullptr) return 1;
  ::fputs("written to memory", stream);
  ::fclose(stream);
  return give_text(*handover, text, "written to memory");
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what libc wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kOpenMemstream, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "open-memstream",
                   "The buffer of a stream from open_memstream is freed on the other side.", "libc", "free", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
