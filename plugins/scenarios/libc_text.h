// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For the scenarios whose block is made by a function of libc, which calls libc's own reference to malloc: the
// block is described by the text it must hold.
#pragma once

#include <cstring>
#include <string_view>

#include "scenarios/scenario.h"

namespace crossheap::scenarios {

/// A text of which only hash and length travel with the handover.
inline std::uint64_t text_seed(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

/// Describes the null-terminated `block` that libc made; 1 where it is null.
inline std::int32_t give_text(crossheap_handover &handover, char *block, std::string_view expected) {
  if (block == nullptr) return 1;
  handover.block = block;
  handover.size = expected.size() + 1;
  handover.seed = text_seed(expected);
  return 0;
}

inline bool holds_text(const crossheap_handover &handover) {
  const auto *text = static_cast<const char *>(handover.block);
  return ::strnlen(text, handover.size) == handover.size - 1 && text_seed({text, handover.size - 1}) == handover.seed;
}

}  // namespace crossheap::scenarios
