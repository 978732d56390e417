// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For the scenarios whose block is made by a function of libc, which calls libc's own reference to malloc: the
// block is described by the text it must hold.
#pragma once

#include <cstring>
#include <string_view>

#include "scenarios/contents.h"
#include "scenarios/scenario.h"

namespace crossheap::scenarios {

/// Describes the null-terminated `block` that libc made; 1 where it is null.
inline std::int32_t give_text(crossheap_handover &handover, char *block, std::string_view expected) {
  if (block == nullptr) return 1;
  handover.block = block;
  handover.size = expected.size() + 1;
  handover.seed = crossheap_contents_of_text(expected.data(), expected.size());
  return 0;
}

inline bool holds_text(const crossheap_handover &handover) {
  const auto *text = static_cast<const char *>(handover.block);
  return ::strnlen(text, handover.size) == handover.size - 1 &&
         crossheap_contents_of_text(text, handover.size - 1) == handover.seed;
}

}  // namespace crossheap::scenarios
