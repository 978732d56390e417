// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap compare` measured: every allocator with what was proved of it and its figures, round by round. What
// follows from the figures (ratios, intervals, the sentence) is computed from this (analysis.h). So results that were
// stored, or put together from several machines, are read as new ones are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/finding.h"
#include "measure/allocators.h"
#include "measure/machine.h"

namespace crossheap::compare {

/// What is measured of one run.
enum class Quantity : std::uint8_t {
  Figure,      ///< the program's own, by --metric
  Throughput,  ///< of a server, as the load tool says; then its latencies
  P50,
  P99,
  P999,
  Wall,
  Cpu,  ///< user and system time
  User,
  System,
  PeakRss,
  FinalRss,
  Pss,
  MinorFaults,
  MajorFaults,
  VoluntarySwitches,
  InvoluntarySwitches,
};
inline constexpr std::size_t kQuantities = 16;

enum class Unit : std::uint8_t { None, Seconds, Milliseconds, Bytes, Count, PerSecond };

struct QuantityRow {
  Quantity quantity;
  std::string_view name;   ///< in JSON, and as --by takes it
  std::string_view title;  ///< in tables
  Unit unit;
  bool more_is_better;
};

/// One row a Quantity, in their order.
inline constexpr std::array<QuantityRow, kQuantities> kQuantityRows{{
    {Quantity::Figure, "figure", "figure", Unit::None, false},
    {Quantity::Throughput, "throughput", "throughput", Unit::PerSecond, true},
    {Quantity::P50, "p50", "p50", Unit::Milliseconds, false},
    {Quantity::P99, "p99", "p99", Unit::Milliseconds, false},
    {Quantity::P999, "p99.9", "p99.9", Unit::Milliseconds, false},
    {Quantity::Wall, "wall", "wall time", Unit::Seconds, false},
    {Quantity::Cpu, "cpu", "CPU time", Unit::Seconds, false},
    {Quantity::User, "user", "user time", Unit::Seconds, false},
    {Quantity::System, "system", "system time", Unit::Seconds, false},
    {Quantity::PeakRss, "peak-rss", "peak RSS", Unit::Bytes, false},
    {Quantity::FinalRss, "final-rss", "final RSS", Unit::Bytes, false},
    {Quantity::Pss, "pss", "PSS", Unit::Bytes, false},
    {Quantity::MinorFaults, "minor-faults", "minor faults", Unit::Count, false},
    {Quantity::MajorFaults, "major-faults", "major faults", Unit::Count, false},
    {Quantity::VoluntarySwitches, "voluntary-switches", "voluntary switches", Unit::Count, false},
    {Quantity::InvoluntarySwitches, "involuntary-switches", "involuntary switches", Unit::Count, false},
}};

constexpr const QuantityRow &row_of(Quantity quantity) noexcept {
  return kQuantityRows[static_cast<std::size_t>(quantity)];
}

/// Null for no quantity's name.
constexpr const QuantityRow *quantity_named(std::string_view name) noexcept {
  for (const QuantityRow &row : kQuantityRows)
    if (row.name == name) return &row;
  return nullptr;
}

/// The figures of one run; NaN where one was not measured.
struct Sample {
  std::array<double, kQuantities> values;
  Sample() noexcept { values.fill(std::numeric_limits<double>::quiet_NaN()); }
  double &operator[](Quantity quantity) noexcept { return values[static_cast<std::size_t>(quantity)]; }
  double operator[](Quantity quantity) const noexcept { return values[static_cast<std::size_t>(quantity)]; }
};

/// A program that ran under an allocator, and whose malloc it got.
struct ProgramSeen {
  std::string program;
  std::string provider;  ///< "jemalloc in libjemalloc.so.2"; "" where nobody knows
  bool served = false;   ///< by the allocator in question, and by no other
  bool partly = false;   ///< its malloc is the one in question, and something in it allocates elsewhere
  bool unread = false;   ///< nobody knows
  std::string reason;    ///< why not, or why nobody knows
  std::uint64_t processes = 1;
  friend bool operator==(const ProgramSeen &, const ProgramSeen &) = default;
};

/// Whether an allocator served the program and its children: read from the processes themselves.
struct Service {
  enum class State : std::uint8_t { Unknown, All, Part, None };
  State state = State::Unknown;
  std::string reason;  ///< for all but All
  std::vector<ProgramSeen> programs;
};
std::string_view name_of(Service::State state) noexcept;

/// Whether blocks crossed in the run under the agent.
struct Ownership {
  enum class State : std::uint8_t { Unknown, Clean, Crosses };
  State state = State::Unknown;
  std::string reason;           ///< why unknown; what crossed
  std::uint64_t crossings = 0;  ///< blocks
};
std::string_view name_of(Ownership::State state) noexcept;

struct Variant {
  measure::Allocator allocator;
  Service service;
  Ownership ownership;
  std::string failure;          ///< how the command ended under it, where that was not well; "" otherwise
  std::vector<Sample> samples;  ///< one a round; without figures where it did not run
  std::vector<Sample> watched;  ///< of the runs that were held still at their exit: final RSS and PSS
  std::vector<std::pair<double, double>> rss_over_time;  ///< of a server in one run: seconds, bytes

  /// Whether it is measured in rounds: it serves something, and the command works under it.
  bool takes_part() const noexcept { return failure.empty() && service.state != Service::State::None; }
  /// Whether it may be recommended at all.
  bool eligible() const noexcept {
    return takes_part() && service.state == Service::State::All && ownership.state == Ownership::State::Clean;
  }
};

/// The baseline is the first variant; its samples taken a second time in each round are `again`.
struct Result {
  std::vector<std::string> command;  ///< of a server: what starts it
  std::vector<std::string> load;     ///< empty without a server
  std::string metric;                ///< the regular expression; "" for none
  bool figure_more_is_better = false;
  Quantity by = Quantity::Wall;  ///< what the answer is about
  std::uint64_t seed = 1;
  std::vector<Variant> variants;
  std::vector<Sample> again;
  std::vector<measure::Machine> machines;  ///< one, but for merged results
  std::vector<std::size_t> rounds_of_machine;
  unsigned shard = 1;
  unsigned shards = 1;
  std::vector<unsigned> merged;  ///< the shards that were put together
  std::string stopped;           ///< why no more rounds were measured
  bool interrupted = false;
  double took_seconds = 0;
  std::vector<Finding> findings;

  std::size_t rounds() const noexcept { return again.size(); }
  bool more_is_better(Quantity quantity) const noexcept {
    return quantity == Quantity::Figure ? figure_more_is_better : row_of(quantity).more_is_better;
  }
};

}  // namespace crossheap::compare
