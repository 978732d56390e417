// SPDX-License-Identifier: MIT OR Apache-2.0
#include "inspect/walk.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>

namespace crossheap::inspect {

namespace {

namespace fs = std::filesystem;

// File systems whose files are no files: reading them shows or changes the kernel's state.
bool is_kernels_own(const fs::path &folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return false;
  const auto type = static_cast<unsigned long>(status.f_type);
  return type == PROC_SUPER_MAGIC || type == SYSFS_MAGIC || type == DEBUGFS_MAGIC || type == TRACEFS_MAGIC ||
         type == CGROUP_SUPER_MAGIC || type == CGROUP2_SUPER_MAGIC || type == SECURITYFS_MAGIC;
}

struct Listing {
  std::vector<fs::path> paths;
  std::error_code error;
};

Listing listed(const fs::path &folder) {
  Listing listing;
  for (fs::directory_iterator at(folder, listing.error), end; !listing.error && at != end;
       at.increment(listing.error)) {
    std::error_code ignored;
    const fs::file_status status = at->symlink_status(ignored);
    if (fs::is_regular_file(status) || fs::is_directory(status)) listing.paths.push_back(at->path());
  }
  std::sort(listing.paths.begin(), listing.paths.end());
  return listing;
}

}  // namespace

Walk::Walk(std::vector<fs::path> paths) { levels_.push_back({std::move(paths), 0, true}); }

std::optional<Walk::Step> Walk::next() {
  while (!levels_.empty()) {
    Level &level = levels_.back();
    if (level.at == level.paths.size()) {
      levels_.pop_back();
      continue;
    }
    fs::path path = std::move(level.paths[level.at++]);
    const bool named = level.named;
    std::error_code error;
    if (!fs::is_directory(named ? fs::status(path, error) : fs::symlink_status(path, error)))
      return Step{std::move(path), named, std::nullopt};
    if (is_kernels_own(path)) continue;
    Listing listing = listed(path);
    if (listing.error)
      return Step{path, named,
                  system_error(path.native(), "cannot be listed", listing.error.value(), "check the permissions")};
    levels_.push_back({std::move(listing.paths), 0, false});
  }
  return std::nullopt;
}

}  // namespace crossheap::inspect
