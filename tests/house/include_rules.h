// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Finds the #include lines that break the order of the layers. It reads text, not compiled code, so it sees every
// file of the tree, also those that this machine or this preset does not build.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace crossheap::house {

/// In `may_include`: every folder that stands further up in the same table.
inline constexpr const char *kEveryRowAbove = "<every row above>";

/// One folder and what its files may include besides each other: folders, single files, or kEveryRowAbove.
struct Row {
  std::string folder;
  std::vector<std::string> may_include;
};

struct Violation {
  std::string file;  ///< relative to the root of the tree
  int line;          ///< 0 where it is about the whole file
  std::string reason;
};

/// Checks every C and C++ file under the `tops` of the tree against the table; the row of a file is the one with the
/// longest folder that holds it. What a file includes indirectly counts as well: a layer that may use only one header
/// of another one does not get the rest through it. Includes of files outside the tree are not looked at.
std::vector<Violation> violations(const std::filesystem::path &root, std::span<const std::string> tops,
                                  std::span<const Row> table);

}  // namespace crossheap::house
