// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The list and the entries from scandir are freed on the other side.
#include "scenarios/scenario.h"

#include <dirent.h>

#include <cstring>

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  dirent **entries = nullptr;
  const int count = ::scandir("/", &entries, nullptr, nullptr);
  if (count < 1) return 1;
  handover->block = entries;
  handover->size = static_cast<std::uint64_t>(count);
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto **entries = static_cast<dirent **>(handover->block);
  bool found_self = false;
  for (std::uint64_t i = 0; i < handover->size; ++i) {
    found_self = found_self || std::strcmp(entries[i]->d_name, ".") == 0;
    CROSSHEAP_HEAP(free)(entries[i]);
  }
  expect(*host, found_self, "scandir of / has no entry for itself");
  CROSSHEAP_HEAP(free)(entries);
  return 0;
}

CROSSHEAP_SCENARIO(kScandir, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "scandir",
                   "The list and the entries from scandir are freed on the other side.", "libc", "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
