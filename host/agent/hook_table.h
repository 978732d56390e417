// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions outside the malloc family that are watched by their exact name.
#pragma once

#include <cstddef>
#include <string_view>

#include "agent/site.h"

namespace crossheap::agent {

struct NamedHook {
  std::string_view name;
  BeforeHook before;
  /// Null: the island runs `before` only, and the function sees its real caller. With it, a frame of ours stands where
  /// the function looks for a seventh argument, so one with more than six is called by its `before`.
  AfterHook after;
};

struct HookTable {
  const NamedHook *hooks;
  std::size_t count;
};

}  // namespace crossheap::agent
