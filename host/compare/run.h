// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The measurement: what is proved of each allocator first, then rounds in which every allocator runs once, in an order
// of the round's own, until the answer is sure enough or the time is up.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/result.h"

namespace crossheap::compare {

/// How a server is started, loaded and stopped.
struct Server {
  std::string ready;  ///< HOST:PORT, the path of a socket or file, or a regular expression for its output
  std::vector<std::string> load;
  std::chrono::seconds ready_within{30};
};

struct Plan {
  std::filesystem::path program;
  std::vector<std::string> command;
  std::optional<Server> server;
  std::vector<measure::Allocator> allocators;  ///< without the baseline
  std::string metric;                          ///< "" for none
  bool figure_more_is_better = false;
  std::optional<Quantity> by;  ///< nullopt: the figure where there is one, throughput of a server, else wall time
  std::size_t runs = 0;        ///< rounds; 0: until `until` or `time`
  double until = 0.01;         ///< the width of the intervals that is narrow enough
  std::chrono::seconds time{300};
  std::chrono::seconds deadline{600};  ///< of one run
  bool any_status = false;             ///< a command may end with any exit status
  bool check_ownership = true;
  bool measure_all = false;  ///< also what was not seen to serve, because it runs where nobody can look
  std::uint64_t seed = 1;
  unsigned shard = 1;
  unsigned shards = 1;
};

/// What is going on: for a person.
struct Progress {
  std::string_view doing;
  std::uint64_t done = 0;
  std::uint64_t of = 0;  ///< 0 where nobody knows
  std::optional<double> seconds_left;
};

/// Interrupts must live. An interrupt ends the measurement: what was measured is answered. Throws Error where the
/// baseline does not work: then there is nothing to compare with.
Result measure_all(const Plan &plan, const std::function<void(const Progress &)> &progress);

}  // namespace crossheap::compare
