// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What else in an object leads into the first bytes of a function, or writes to them.
//
// A jump at the entry takes five bytes. Code that jumps to the second instruction of another function (hand-written
// assembly does, to leave out a prologue) would land in the middle of it; and where the object has text relocations,
// the loader writes addresses into instructions after we have moved them. Compilers produce neither, so this is looked
// for where it costs little: in small objects, and in those whose functions no other object can replace, where
// hand-written code is.
//
//   direct branches   every E8, E9, 0F 8x and lea of the executable segments, taken as an instruction wherever it
//                     stands: four bytes that happen to lead into one of a few spans of four are one in ten million
//   short branches    only from the functions next to it, which are decoded
//   pointers          words of the data, and what the relocations will make of them
//   jump tables       of distances (a switch): a list of words that all lead from its begin into code, one of them into
//                     the span, and whose begin is taken by a lea
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
