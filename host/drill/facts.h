// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace crossheap::drill {

/// What the drills need to know of a plugin's file; all false where it cannot be read, which the loader will say.
struct Facts {
  bool unique_symbols = false;
  std::string first_unique_symbol;
  bool hides_operators = false;  ///< its operator new may be one of its own without a name, which is seen as its malloc
  bool both_interfaces = false;  ///< it defines free and operator delete: they may be one function with two names
  std::string search;            ///< what $ORIGIN stands for in its run path, for its copy
};

Facts facts_of(const std::filesystem::path &plugin);

}  // namespace crossheap::drill
