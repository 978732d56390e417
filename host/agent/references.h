// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What else in an object leads into the first bytes of a function, or writes to them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/symbols.h"
#include "event/format.h"

namespace crossheap::agent {

/// The first bytes of a function that is to be watched.
struct EntryBytes {
  std::uint64_t entry;
  std::uint64_t jump;      ///< where the jump will be written
  std::uint64_t previous;  ///< the nearest function before it and the nearest behind it; 0 for none
  std::uint64_t next;
  event::Refusal refusal;  ///< out: None, BranchIntoEntry or TextRelocation
};

/// Whether a call instruction of the object leads to `address`.
bool is_called(const Image &image, std::uint64_t address);

/// Fills in what is found. `entries` is sorted by `entry`.
/// \param everywhere  look at all of the object, unless it is very large
void find_references(const link_map &map, const Image &image, EntryBytes *entries, std::size_t count, bool everywhere);

}  // namespace crossheap::agent
