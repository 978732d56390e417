// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace crossheap::drill {

/// What the drills need to know of a plugin's file; all false where it cannot be read, which the loader will say.
struct Facts {
  bool unique_symbols = false;
  std::string first_unique_symbol;
  std::string search;  ///< what $ORIGIN stands for in its run path, for its copy
};

Facts facts_of(const std::filesystem::path &plugin);

}  // namespace crossheap::drill
