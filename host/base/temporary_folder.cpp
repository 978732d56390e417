// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/temporary_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "base/remove_tree.h"

namespace crossheap {

namespace fs = std::filesystem;

namespace {

fs::path usual_parent() {
  const char *const given = std::getenv("TMPDIR");
  return given != nullptr && given[0] == '/' ? given : "/tmp";
}

}  // namespace

TemporaryFolder::TemporaryFolder(std::string_view what) : TemporaryFolder(what, {}) {}

TemporaryFolder::TemporaryFolder(std::string_view what, std::string_view plain) {
  const fs::path usual = usual_parent();
  std::error_code failed;
  const std::string real = fs::weakly_canonical(usual, failed).string();
  if (!plain.empty() && real.find_first_not_of(plain) != std::string::npos)
    for (const char *const other : {"/tmp", "/var/tmp"})
      if (make_in(other, what)) return;
  if (!make_in(usual, what))
    throw system_error((usual / "crossheap-").string() + std::string(what), "cannot be made", errno,
                       "name a folder that can be written in TMPDIR");
}

bool TemporaryFolder::make_in(const fs::path &parent, std::string_view what) {
  std::string pattern = parent / fmt::format("crossheap-{}-XXXXXX", what);
  if (::mkdtemp(pattern.data()) == nullptr) return false;
  path_ = fs::canonical(pattern);
  return true;
}

TemporaryFolder::~TemporaryFolder() { remove_tree(path_); }

}  // namespace crossheap
