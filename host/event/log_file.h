// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes the log that traced processes write to. Normally it is memory without a name, reached through /proc of the
// supervisor. Where there is no /proc, or when no supervisor will live (crossheap env), it is a file.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/owned_fd.h"
#include "event/format.h"

namespace crossheap::event {

/// In memory sparse: what is not written takes none. In a file all of it is reserved, as far as there is room: a page
/// that cannot be had when it is written to is SIGBUS for the traced program.
inline constexpr std::uint64_t kLogBytes = std::uint64_t{64} << 20;

class LogFile {
public:
  /// \param remove_at_end  file or folder that goes when this does; "" for none
  LogFile(OwnedFd fd, std::filesystem::path path, std::filesystem::path remove_at_end);
  LogFile(LogFile &&other) noexcept;
  LogFile &operator=(LogFile &&) = delete;
  LogFile(const LogFile &) = delete;
  LogFile &operator=(const LogFile &) = delete;
  ~LogFile();

  int fd() const noexcept { return fd_.get(); }
  /// By which another process can open it while this one lives.
  const std::filesystem::path &path() const noexcept { return path_; }
  /// Leaves the removal to the caller, who is told what is to be removed.
  std::filesystem::path release_removal() noexcept { return std::exchange(remove_at_end_, std::filesystem::path()); }
  /// No other process needs the path any more: what was to go at the end goes now.
  void remove_path() noexcept;

private:
  OwnedFd fd_;
  std::filesystem::path path_;
  std::filesystem::path remove_at_end_;
};

/// Memory without a name, which nobody can make shorter and only processes of our user can open. Without /proc, or for
/// a group whose processes are to write to it too, a file in a temporary directory, removed at the end. Throws Error.
LogFile create_log(const Settings &settings, std::optional<gid_t> group);

/// Memory without a name, for a process that inherits the descriptor and is not trusted: it cannot change the size, so
/// reading the log afterwards is safe. The path is of no use to another process. Throws Error.
LogFile create_sealed_log(const Settings &settings, std::uint64_t bytes);

/// A file at `path`, which stays; one of our own that is there already is emptied. For our user, and the group where
/// one is given. Throws Error where the path is a link, no file, or another user's.
LogFile create_log_at(const std::filesystem::path &path, const Settings &settings, std::optional<gid_t> group);

}  // namespace crossheap::event
