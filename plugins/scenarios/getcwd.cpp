// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A path from getcwd(NULL, 0) is freed on the other side.
#include "scenarios/scenario.h"

#include "scenarios/libc_text.h"

#include <unistd.h>

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  char *path = ::getcwd(nullptr, 0);
  return path == nullptr ? 1 : give_text(*handover, path, std::string_view(path, std::strlen(path)));
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what libc wrote");
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kGetcwd, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "getcwd",
                   "A path from getcwd(NULL, 0) is freed on the other side.", "libc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
