// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Copies of plugins under other names, for the drill that opens a plugin twice: the loader tells files apart by what
// they are and not by what they are called, so a link would be the same plugin.
#pragma once

#include <filesystem>
#include <map>
#include <optional>

#include "base/temporary_folder.h"

namespace crossheap::drill {

/// A folder of ours for them, removed at the end.
class Copies {
public:
  /// The same copy for the same file. Throws Error where there is no room.
  std::filesystem::path copy_of(const std::filesystem::path &file);

private:
  std::optional<TemporaryFolder> folder_;
  std::map<std::filesystem::path, std::filesystem::path> made_;
};

}  // namespace crossheap::drill
