// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The machine that measures, as results record it: figures of two machines, or of one in two states, are no comparison.
#pragma once

#include <cstdint>
#include <string>

namespace crossheap::measure {

struct Machine {
  std::string cpu;          ///< "Intel(R) Xeon(R) Processor"; "" where the kernel does not tell
  unsigned processors = 0;  ///< that this process may use
  std::uint64_t memory_bytes = 0;
  std::string kernel;    ///< "Linux 6.1.0-18-amd64 x86_64"
  std::string libc;      ///< "glibc 2.36"
  std::string governor;  ///< of the processor's frequency: "performance"; "" where there is none to see
  double load = 0;       ///< runnable threads, averaged over the last minute
  std::string time;      ///< "2025-01-31T12:00:00Z"
  friend bool operator==(const Machine &, const Machine &) = default;
};

/// This machine, now. What cannot be read stays empty.
Machine this_machine();

/// What makes figures of `one` and `other` incomparable, in words; "" where nothing does. Time and load are no reason.
std::string why_incomparable(const Machine &one, const Machine &other);

}  // namespace crossheap::measure
