// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts one program that is trusted, waits for it, and says what it cost. It gets a process group of its own; at the
// deadline, and when the user interrupts, the whole group is killed.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace crossheap::bench {

struct Launch {
  std::vector<std::string> command;        ///< the program's path first
  std::vector<std::string> environment{};  ///< "NAME=value", beyond what we have; "NAME=" without a value takes it away
  std::string directory{};                 ///< "": ours
  std::chrono::seconds deadline{120};
};

struct Ended {
  std::string failure;  ///< why it does not count: "ended with status 1", "was stopped after 120 s"; "" where it does
  std::string output;   ///< of standard output
  std::string errors;   ///< of standard error; the first 64 KiB of each
  double seconds = 0;
  double processor_seconds = 0;  ///< with its children that it waited for
  double peak_kib = 0;           ///< of the largest of them; 0 where it was no larger than we are, which hides it
  double page_faults = 0;
};

/// Stops the child that runs, and lets no other start. [signal-safe]
void interrupt() noexcept;
bool interrupted() noexcept;

/// Throws Error where no process can be made. One at a time.
Ended run(const Launch &launch);

}  // namespace crossheap::bench
