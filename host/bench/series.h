// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One comparison: a load under several variants, in rounds. Each round runs every variant once, and the base twice, in
// an order of its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "bench/results.h"

namespace crossheap::bench {

/// The figures of one run, by metric.
using Sample = std::map<std::string, double>;
/// Why a run has no figures.
struct NoSample {
  std::string reason;
};

struct Series {
  std::string load;
  std::string arguments;
  std::vector<std::string> variants;  ///< the base is the first
  std::vector<std::string> metrics;   ///< that are reported; others are dropped. Empty: all
  /// Runs variant `index` with `seed`.
  std::function<std::variant<Sample, NoSample>(std::size_t index, std::uint64_t seed)> run;
};

/// How long a series is measured.
struct Effort {
  std::uint32_t rounds = 9;
  double seconds = 0;  ///< at most, but for measure::kFewestRounds rounds; 0: as long as it takes
  std::uint64_t seed = 1;
};

/// The samples of whole rounds: samples[variant][round], the base again behind the last variant. A variant that failed
/// has none.
using Samples = std::vector<std::vector<Sample>>;

/// Measures a series. A variant that fails is appended to `results` as a Failure and has no samples; when the base
/// fails, nothing has. When the user interrupts, the whole rounds are there.
/// \param progress  called before each run
Samples measure_series(const Series &series, const Effort &effort, Results &results,
                       const std::function<void()> &progress);

/// The figures of all variants, each next to the base.
std::vector<Cell> cells_of(const Series &series, const Samples &samples);

/// One variant's figures next to another's, and the base's next to its own; both without rounds where there is no such
/// variant, or it failed.
struct Pair {
  measure::Estimate ratio;
  measure::Estimate same;
};
Pair pair_of(const Series &series, const Samples &samples, const std::string &metric, const std::string &of,
             const std::string &base);

}  // namespace crossheap::bench
