// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/copies.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <fstream>

#include "base/error.h"

namespace crossheap::drill {

namespace fs = std::filesystem;

fs::path Copies::copy_of(const fs::path &file) {
  const auto found = made_.find(file);
  if (found != made_.end()) return found->second;
  if (!folder_) {
    folder_.emplace("drill");
    // Where each run has a user of its own, that user reads the copy.
    fs::permissions(folder_->path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  }
  struct statvfs mounted {};
  if (::statvfs(folder_->path().c_str(), &mounted) == 0 && (mounted.f_flag & ST_NOEXEC) != 0)
    throw Error(Blame::Work, folder_->path().parent_path().string(),
                "is mounted noexec: no copy of the plugin can be opened there; name another folder in TMPDIR", "");
  const fs::path copy = folder_->path() / fmt::format("{}-copy-of-{}", made_.size() + 1, file.filename().string());
  // Not filesystem::copy_file, which a signal interrupts.
  errno = 0;
  std::ofstream to(copy, std::ios::binary);
  to << std::ifstream(file, std::ios::binary).rdbuf();
  to.close();
  // What was copied in part is no failure of a stream.
  if (!to || fs::file_size(copy) != fs::file_size(file))
    throw system_error(copy.string(), "cannot be written", errno == 0 ? EIO : errno, "make room there");
  fs::permissions(copy, fs::status(file).permissions());  // of everybody who may read the file
  return made_.emplace(file, copy).first->second;
}

}  // namespace crossheap::drill
