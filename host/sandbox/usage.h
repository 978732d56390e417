// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a run uses up, where no kernel limit counts it: the memory of all its processes together, and how many there
// are.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace crossheap::sandbox {

struct Usage {
  std::uint64_t bytes = 0;      ///< resident and not of files; a page that several processes share counts for each
  std::uint64_t processes = 0;  ///< and threads
};

/// Of `program`, of all that descends from it, and of what else `first` has for children (the first process of the
/// run's namespace; 0 for none, then of what the calling process has become the parent of in the program's group).
/// Nothing where there is no /proc.
Usage usage_of(pid_t program, pid_t first);

/// What a run had of the processors, as far as the kernel counts it; zero where it does not.
struct ProcessorTime {
  std::chrono::nanoseconds waited{};  ///< of the thread that was longest ready to run without a processor; zero
                                      ///< where so many of its threads wait that they do so for each other
  std::chrono::nanoseconds used{};    ///< of all its threads, and of the children that it has reaped
};

/// Of the same processes.
ProcessorTime processor_time_of(pid_t program, pid_t first);

/// Bytes of the files in `folder` and below, links not followed. More entries than a run has a use for count as
/// everything there is.
std::uint64_t bytes_in(const std::filesystem::path &folder);

}  // namespace crossheap::sandbox
