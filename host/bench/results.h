// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap bench` measures, in one shape for all its tables: a variant of a load, next to the load's base. The
// verdict on a claim is made of such figures and of nothing else (claims.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "measure/machine.h"
#include "measure/statistics.h"

namespace crossheap::bench {

/// What the command was asked for; each has its page.
enum class Kind : std::uint8_t { Workloads, Claims, Abi, Agent };

constexpr std::string_view name_of(Kind kind) noexcept {
  constexpr std::string_view kNames[] = {"workloads", "claims", "abi", "agent"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// One figure of one variant.
struct Cell {
  std::string load;       ///< "larson", "jemalloc-static, hot"
  std::string arguments;  ///< of the workload, as typed
  std::string metric;     ///< "processor_seconds"
  std::string variant;    ///< "jemalloc", "ABI, function table"
  std::string base;       ///< the variant that the ratio is to
  bool again = false;     ///< the base once more: its ratio is what this machine can resolve
  double value = 0;       ///< the median, in the metric's unit
  double added = 0;       ///< the median of the differences to the base, in the same unit
  measure::Estimate ratio;
};

/// A variant that could not be measured.
struct Failure {
  std::string load;
  std::string variant;
  std::string reason;
};

enum class Answer : std::uint8_t { Holds, DoesNotHold, CannotTell };

constexpr std::string_view name_of(Answer answer) noexcept {
  constexpr std::string_view kNames[] = {"holds here", "does not hold here", "cannot tell here"};
  return kNames[static_cast<std::size_t>(answer)];
}

/// One sentence of a claim that a figure answers.
struct Part {
  std::string says;  ///< "mimalloc needs less time than jemalloc"
  std::string load;
  std::string arguments;
  std::string metric;
  std::string of;
  std::string base;
  std::string wanted;  ///< "below 1", "from 7 to 10"
  measure::Estimate ratio;
  measure::Estimate same;  ///< the base against itself
  Answer answer = Answer::CannotTell;
  std::string why;  ///< where nothing could be measured
};

struct Claim {
  std::string id;
  std::string text;
  std::string source;
  std::vector<Part> parts;
  Answer answer = Answer::CannotTell;
};

/// An allocator that took part.
struct Used {
  std::string name;
  std::string version;
  std::string about;
};

struct Shard {
  std::uint32_t index = 1;
  std::uint32_t count = 1;
};

struct Results {
  Kind kind = Kind::Workloads;
  measure::Machine machine;  ///< at the start
  double load_after = 0;     ///< runnable threads at the end, averaged over a minute
  double seconds = 0;        ///< that the measuring took
  double scale = 1;
  std::uint32_t rounds = 0;
  std::string selection;  ///< what --only and --allocators said: results of two selections are not merged
  Shard shard;
  bool interrupted = false;
  std::vector<Used> allocators;
  std::vector<Used> missing;  ///< `about` says what brings it
  std::vector<Cell> cells;
  std::vector<Claim> claims;
  std::vector<Failure> failures;
};

struct NamedResults {
  std::string file;  ///< for messages
  Results results;
};

/// All shards of one run as one result. Throws Error (Blame::Usage) where one is missing, stands twice, was interrupted
/// or belongs to another run.
Results merge(std::vector<NamedResults> parts);

/// 0, or 1 where a workload failed or computed nonsense.
int exit_status(const Results &results);

}  // namespace crossheap::bench
