// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace crossheap {

/// A folder in TMPDIR, or in /tmp, that only we may enter. It goes when this does, with all that is in it.
class TemporaryFolder {
public:
  /// \param what  stands in its name: "crossheap-WHAT-" and six letters
  /// Throws Error where it cannot be made.
  explicit TemporaryFolder(std::string_view what);
  /// The same, at a path of the characters of `plain` alone: in /tmp or /var/tmp where that of TMPDIR has others. In
  /// TMPDIR all the same where neither can be written.
  TemporaryFolder(std::string_view what, std::string_view plain);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  /// Absolute, without symbolic links.
  const std::filesystem::path &path() const noexcept { return path_; }

private:
  bool make_in(const std::filesystem::path &parent, std::string_view what);

  std::filesystem::path path_;
};

}  // namespace crossheap
