// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The regular files below some paths, depth first, each folder's entries by name; a folder is listed when it is
// entered.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.h"

namespace crossheap::inspect {

class Walk {
public:
  explicit Walk(std::vector<std::filesystem::path> paths);

  struct Step {
    std::filesystem::path path;
    bool named = false;            ///< one of the paths the walk began with
    std::optional<Error> problem;  ///< the folder `path` cannot be listed
  };
  /// The next file, or nullopt at the end. Named paths that are no folders are handed out whatever they are.
  std::optional<Step> next();

private:
  struct Level {
    std::vector<std::filesystem::path> paths;
    std::size_t at = 0;
    bool named = false;
  };
  std::vector<Level> levels_;
};

}  // namespace crossheap::inspect
