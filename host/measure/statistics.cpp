// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Boost.Math has the median, Boost.Random the generator and a distribution whose results are the same everywhere, which
// those of the standard library are not.
#include "measure/statistics.h"

#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <numeric>

namespace crossheap::measure {

namespace {

constexpr std::size_t kResamples = 2000;

using Generator = boost::random::mt19937_64;

std::size_t below(std::size_t limit, Generator &generator) {
  return boost::random::uniform_int_distribution<std::size_t>(0, limit - 1)(generator);
}

}  // namespace

double median(std::vector<double> values) { return boost::math::statistics::median(values); }

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  const double place = part * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(place);
  const std::size_t upper = std::min(lower + 1, values.size() - 1);
  const double rest = place - static_cast<double>(lower);
  return values[lower] * (1 - rest) + values[upper] * rest;
}

Estimate estimate(std::span<const double> values, std::uint64_t seed, double level) {
  if (values.empty()) return {};
  Estimate result;
  result.rounds = values.size();
  result.value = median({values.begin(), values.end()});
  Generator generator(seed);
  std::vector<double> medians;
  medians.reserve(kResamples);
  std::vector<double> sample(values.size());
  for (std::size_t i = 0; i < kResamples; ++i) {
    for (double &one : sample) one = values[below(values.size(), generator)];
    medians.push_back(boost::math::statistics::median(sample));
  }
  result.interval = {quantile(medians, (1 - level) / 2), quantile(medians, 1 - (1 - level) / 2)};
  return result;
}

Estimate paired_ratio(std::span<const double> of, std::span<const double> base, std::uint64_t seed, double level) {
  std::vector<double> logarithms;
  for (std::size_t i = 0; i < std::min(of.size(), base.size()); ++i)
    if (std::isfinite(of[i]) && std::isfinite(base[i]) && of[i] > 0 && base[i] > 0)
      logarithms.push_back(std::log(of[i] / base[i]));
  Estimate result = estimate(logarithms, seed, level);
  if (result.rounds == 0) return result;
  result.value = std::exp(result.value);
  result.interval = {std::exp(result.interval.low), std::exp(result.interval.high)};
  return result;
}

double level_of_each(std::size_t comparisons, double level) noexcept {
  return 1 - (1 - level) / static_cast<double>(std::max<std::size_t>(comparisons, 1));
}

std::string_view name_of(Difference difference) noexcept {
  switch (difference) {
    case Difference::None:
      return "none";
    case Difference::Less:
      return "less";
    case Difference::More:
      return "more";
    case Difference::Unknown:
      return "unknown";
  }
  return "unknown";
}

Difference difference(const Estimate &ratio, const Estimate &same) noexcept {
  if (ratio.rounds < kFewestRounds || same.rounds < kFewestRounds) return Difference::Unknown;
  // The machine's own error has no side: what it can do upwards it can do downwards.
  const double error = std::max(std::abs(std::log(same.interval.low)), std::abs(std::log(same.interval.high)));
  const double effect = std::log(ratio.value);
  if (std::abs(effect) <= error) return Difference::None;
  if (ratio.interval.high < 1) return Difference::Less;
  if (ratio.interval.low > 1) return Difference::More;
  return Difference::None;
}

double width(const Estimate &estimate) noexcept {
  return estimate.value == 0 ? 0 : (estimate.interval.high - estimate.interval.low) / estimate.value;
}

std::vector<std::size_t> order_of_round(std::size_t count, std::uint64_t round, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  Generator generator(seed * 0x9e3779b97f4a7c15U + round);
  for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[below(left, generator)]);
  return order;
}

}  // namespace crossheap::measure
