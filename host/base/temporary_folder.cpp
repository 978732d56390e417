// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/temporary_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "base/remove_tree.h"

namespace crossheap {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder(std::string_view what) {
  const char *const given = std::getenv("TMPDIR");
  std::string pattern =
      fs::path(given != nullptr && given[0] == '/' ? given : "/tmp") / fmt::format("crossheap-{}-XXXXXX", what);
  if (::mkdtemp(pattern.data()) == nullptr)
    throw system_error(pattern, "cannot be made", errno, "name a folder that can be written in TMPDIR");
  path_ = fs::canonical(pattern);
}

TemporaryFolder::~TemporaryFolder() { remove_tree(path_); }

}  // namespace crossheap
