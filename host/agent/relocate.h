// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which bytes at a function's entry can make way for a jump, and the same instructions for another address.
//
// A jump takes five bytes. The instructions they belong to are moved to an island and followed by a jump back. That is
// only right when nothing else leads into those five bytes, and when each instruction means the same elsewhere. An
// `endbr64` at the entry stays where it is (indirect branches must land on it) and the jump comes behind it. Whatever
// is not certain is refused with a reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/code.h"
#include "event/format.h"

namespace crossheap::agent {

inline constexpr std::size_t kJumpBytes = 5;
/// Of a jump by a word of memory, for entries whose moved instructions leave room for it.
inline constexpr std::size_t kGateJumpBytes = 6;

/// A function as it stands in memory.
struct Body {
  const std::uint8_t *bytes;
  std::size_t size;     ///< by its symbol
  std::size_t padding;  ///< bytes behind it that belong to no other function
  std::uint64_t address;
};

/// Valid as zero bytes: a list of them stands in memory that nobody writes at start.
struct Displacement {
  event::Refusal refusal;
  std::size_t offset;  ///< where the jump is written, counted from the entry
  std::size_t length;  ///< bytes of the whole instructions it covers
  bool falls_through;  ///< whether control leaves them at their end
};

/// Decides. Reads only `body`. [in-malloc]
Displacement plan_displacement(const Body &body);

/// Whether the displaced instructions may run twice and what comes behind them does not look at the flags. So it is
/// with a function that begins by comparing its argument: what is put between those and the rest changes nothing.
/// [in-malloc]
bool is_repeatable(const Body &body, const Displacement &displacement);

/// Writes the displaced instructions to `island`, and the jump back where control falls through. False where an
/// instruction cannot be moved there; what was written is then of no use. [in-malloc]
bool relocate(const Body &body, const Displacement &displacement, Code &island);

}  // namespace crossheap::agent
