// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A line that getline grew is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <stdio.h>  // getline, fmemopen

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  char line_source[] = "a line that getline allocates\n";
  FILE *stream = ::fmemopen(line_source, sizeof line_source - 1, "r");
  if (stream == nullptr) return 1;
  char *line = nullptr;
  std::size_t capacity = 0;
  const bool read = ::getline(&line, &capacity, stream) > 0;
  ::fclose(stream);
  return read ? give_text(*handover, line, line_source) : 1;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what libc wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kGetline, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "getline",
                   "A line that getline grew is freed on the other side.", "libc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
