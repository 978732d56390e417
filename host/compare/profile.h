// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a program asks of its allocator: counted by a preload (recorder.c) in one run, and compared with the reasons
// that are published for choosing an allocator.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/record.h"
#include "compare/run.h"

namespace crossheap::compare {

/// What one allocator makes of the program's blocks.
struct Fragmentation {
  std::string allocator;
  double peak_rss_bytes = 0;  ///< of the largest process, without the recorder; 0 where it was not measured
  double usable_share = 0;    ///< usable bytes of all blocks, to those asked for; 0 where it was not measured
  std::string reason;         ///< why something was not measured
};

/// A published reason for an allocator.
struct Reason {
  std::string_view claim;
  std::string_view source;
  bool applies = false;
  std::string figure;  ///< of this program
};

struct Profile {
  std::vector<std::string> command;
  crossheap_record record{};
  double cpu_seconds = 0;  ///< of a run without the recorder
  double wall_seconds = 0;
  std::vector<Fragmentation> fragmentation;
  std::vector<Reason> reasons;
  std::string sentence;
  bool interrupted = false;
};

/// Interrupts must live. Throws Error where the command fails as it is, and where nothing could be recorded.
Profile profile_of(const Plan &plan, const std::function<void(const Progress &)> &progress);

/// The reasons, each with its figure, and the sentence; from the counts alone.
void conclude(Profile &profile);

/// How many of the values in `powers` are below 2^`power`, as a share; 0 of none.
double share_below(const crossheap_powers &powers, unsigned power);

}  // namespace crossheap::compare
