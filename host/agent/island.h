// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An island: the way from a function's entry into a hook, the check that leaves most calls alone, and the instructions
// that made way for the jump.
#pragma once

#include <cstdint>

#include "agent/code.h"
#include "agent/relocate.h"
#include "agent/site.h"

namespace crossheap::agent {

inline constexpr std::size_t kIslandBytes = 320;

/// How this function is watched at this depth; null where it is not.
struct Watching {
  BeforeHook before = nullptr;
  AfterHook after = nullptr;
  Way enter{};         ///< of entry.S
  bool check = false;  ///< compare the page's mark first, and call the hook only where it differs
  bool gate = false;   ///< as without this, until the gate is opened (gates.h)
  BeforeHook open_before = nullptr;
  AfterHook open_after = nullptr;
  Way open{};  ///< and then so
};

/// Writes it. `site.resume` is set; `start` is where the jump at the entry is to lead. False where it does not fit, or
/// where something is out of reach.
/// \param open  where there is a gate: the site of the way behind it, which may be `site`; `site.gate` is its place
bool write_island(Code &island, const Body &body, const Displacement &displacement, const Watching &how, Site &site,
                  const Site &open, std::uint64_t &start);

}  // namespace crossheap::agent
