// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes the log that traced processes write to. Normally it is memory without a name, reached through /proc of the
// supervisor; where there is no /proc, or when no supervisor will live (crossheap env), it is a file.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/owned_fd.h"
#include "event/format.h"

namespace crossheap::event {

/// Sparse: what is not written takes no memory.
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

private:
  OwnedFd fd_;
  std::filesystem::path path_;
  std::filesystem::path remove_at_end_;
};

/// Memory without a name; where that cannot be reached by every process concerned, a file in a temporary directory,
/// removed at the end. Throws Error.
LogFile create_log(const Settings &settings);

/// Memory without a name, for a process that inherits the descriptor and is not trusted: it cannot change the size, so
/// reading the log afterwards is safe. The path is of no use to another process. Throws Error.
LogFile create_sealed_log(const Settings &settings, std::uint64_t bytes);

/// A new file at `path`, which stays. Throws Error.
LogFile create_log_at(const std::filesystem::path &path, const Settings &settings);

}  // namespace crossheap::event
