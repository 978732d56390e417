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

struct LogFile {
  OwnedFd fd;
  std::filesystem::path path;  ///< by which another process can open it while this one lives
  bool named = false;          ///< a file that stays until it is removed
};

/// Memory without a name, or a temporary file where /proc is missing. Throws Error.
LogFile create_log(const Settings &settings);

/// A new file at `path`. Throws Error.
LogFile create_log_at(const std::filesystem::path &path, const Settings &settings);

}  // namespace crossheap::event
