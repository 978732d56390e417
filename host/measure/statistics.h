// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The statistics of all measurements: paired medians with bootstrap intervals, and when a difference is one.
//
// A machine's speed drifts, so figures of different minutes are not compared. Every round runs every variant once, in
// an order of its own; what counts is the ratio within a round. The median of the ratios is the estimate, and the
// interval says where it would be if other rounds had been measured (the percentile bootstrap). The same variant
// measured twice (A/A) shows what this machine cannot tell apart now. A difference must be larger than that.
//
// Resampling is seeded: the same figures give the same interval, on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace crossheap::measure {

/// How sure an interval is, unless a caller asks for another level.
inline constexpr double kLevel = 0.95;
/// With fewer rounds no interval of this level can be had, and nothing is said about a difference.
inline constexpr std::size_t kFewestRounds = 6;

struct Interval {
  double low = 0;
  double high = 0;
  bool contains(double value) const noexcept { return low <= value && value <= high; }
};

struct Estimate {
  double value = 0;  ///< a median; of ratios it is that of their logarithms, so that 1/2 and 2 are equally far from 1
  Interval interval;
  std::size_t rounds = 0;  ///< that it rests on; 0: nothing could be estimated
};

/// The median of `values`, which are not empty.
double median(std::vector<double> values);
/// The value below which `part` (0 to 1) of `values`, which are not empty, lies.
double quantile(std::vector<double> values, double part);

/// The median of `values` with its interval.
Estimate estimate(std::span<const double> values, std::uint64_t seed, double level = kLevel);

/// The median of of[i] / base[i] with its interval. A round where either is not above zero (or not a number) is left
/// out. Both have one length.
Estimate paired_ratio(std::span<const double> of, std::span<const double> base, std::uint64_t seed,
                      double level = kLevel);

/// The level at which each of `comparisons` is made so that all of them together are as sure as `level`.
double level_of_each(std::size_t comparisons, double level = kLevel) noexcept;

enum class Difference : std::uint8_t {
  None,     ///< none that could be measured on this machine
  Less,     ///< the ratio is below 1
  More,     ///< the ratio is above 1
  Unknown,  ///< too few rounds to say
};

std::string_view name_of(Difference difference) noexcept;

/// Whether `ratio` differs from 1: its interval is on one side of 1, and the ratio is farther from 1 than the whole
/// interval of `same`, the ratio of a variant to itself.
Difference difference(const Estimate &ratio, const Estimate &same) noexcept;

/// How wide the interval is, as a part of its value: 0.02 for 0.99 to 1.01.
double width(const Estimate &estimate) noexcept;

/// The order in which round `round` runs `count` variants: a shuffle that depends on nothing but these numbers.
std::vector<std::size_t> order_of_round(std::size_t count, std::uint64_t round, std::uint64_t seed);

}  // namespace crossheap::measure
