// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a run uses up, where no kernel limit counts it: the memory of all its processes together, and how many there
// are.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace crossheap::sandbox {

struct Usage {
  std::uint64_t bytes = 0;      ///< not of files, resident or swapped out, and the tables that map them; a page that
                                ///< several processes share counts for each
  std::uint64_t processes = 0;  ///< and threads
  bool stopped = false;         ///< a signal has stopped each thread of it that has not ended
  bool waits_for_disk = false;  ///< no thread runs, and one waits uninterruptibly, not for a child of its own
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

/// What a run has too much of in the folder that it may write in, in words: "more than 256 MiB of files". Empty while
/// it has not. Counted are the files in `folder` and below, links not followed, by what they take on the disk or by
/// their length, whichever is more; and files that it has open and that have no name any more.
std::string too_much_in(const std::filesystem::path &folder, std::uint64_t bytes_at_most, pid_t program, pid_t first);

}  // namespace crossheap::sandbox
