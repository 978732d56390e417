// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What tools that load a server print, as figures: one reader a tool. A tool is known by its output, not by its name:
// it may be run by a script.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace crossheap::compare {

struct LoadFigures {
  std::string_view tool;      ///< "wrk"
  double throughput = 0;      ///< a second
  std::optional<double> p50;  ///< milliseconds
  std::optional<double> p99;
  std::optional<double> p999;
};

/// Nothing where no reader knows the output. Of a tool that runs several tests the figures are geometric means.
std::optional<LoadFigures> load_figures_in(std::string_view output);

/// "wrk, hey, ab, redis-benchmark, pgbench and memtier"
std::string load_tools();

/// The figure that a user's regular expression finds: what its first group holds, or all of it, at its last match.
/// Commas between digits are left out. A regular expression that is none, one without a match and text that is no
/// number throw Error, which say so.
class Metric {
public:
  /// \param option  as typed, for messages: "--metric"
  Metric(std::string_view option, const std::string &expression);
  ~Metric();
  Metric(Metric &&) noexcept;
  Metric &operator=(Metric &&) = delete;
  Metric(const Metric &) = delete;
  Metric &operator=(const Metric &) = delete;

  double in(std::string_view output) const;
  bool matches(std::string_view output) const;

private:
  struct Expression;
  std::string option_;
  std::string text_;
  std::unique_ptr<Expression> expression_;
};

}  // namespace crossheap::compare
