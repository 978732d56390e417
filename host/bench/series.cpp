// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bench/series.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "bench/process.h"

namespace crossheap::bench {

namespace {

// What all loads have comes first, and time before memory.
std::vector<std::string> metrics_of(const Series &series, const Samples &samples) {
  if (!series.metrics.empty()) return series.metrics;
  std::vector<std::string> all;
  if (samples.empty() || samples.front().empty()) return all;
  const Sample &sample = samples.front().front();
  for (const char *const name : {"processor_seconds", "seconds", "ns", "peak_kib", "end_kib"})
    if (sample.contains(name)) all.emplace_back(name);
  for (const auto &[name, value] : sample)
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  return all;
}

std::vector<double> values(const std::vector<Sample> &samples, const std::string &metric) {
  std::vector<double> all;
  for (const Sample &sample : samples) {
    const auto found = sample.find(metric);
    all.push_back(found == sample.end() ? std::nan("") : found->second);
  }
  return all;
}

bool all_are_numbers(const std::vector<double> &all) {
  return std::all_of(all.begin(), all.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace

std::vector<Cell> cells_of(const Series &series, const Samples &samples) {
  std::vector<Cell> cells;
  if (samples.empty() || samples.front().empty()) return cells;
  for (const std::string &metric : metrics_of(series, samples)) {
    const std::vector<double> base = values(samples.front(), metric);
    if (!all_are_numbers(base)) continue;
    for (std::size_t index = 0; index < samples.size(); ++index) {
      const std::vector<double> of = values(samples[index], metric);
      if (of.empty() || !all_are_numbers(of)) continue;
      Cell cell;
      cell.load = series.load;
      cell.arguments = series.arguments;
      cell.metric = metric;
      cell.again = index + 1 == samples.size();
      cell.variant = series.variants[cell.again ? 0 : index];
      cell.base = series.variants.front();
      cell.value = measure::median(of);
      std::vector<double> differences;
      for (std::size_t round = 0; round < of.size(); ++round) differences.push_back(of[round] - base[round]);
      cell.added = measure::median(differences);
      cell.ratio = measure::paired_ratio(of, base, index + 1);
      cells.push_back(std::move(cell));
    }
  }
  return cells;
}

Samples measure_series(const Series &series, const Effort &effort, Results &results,
                       const std::function<void()> &progress) {
  using Clock = std::chrono::steady_clock;
  const std::size_t count = series.variants.size() + 1;  // the base again is the last
  Samples samples(count);
  std::vector<bool> failed(count, false);
  const auto fail = [&](std::size_t variant, const std::string &reason) {
    failed[variant] = true;
    results.failures.push_back({series.load, series.variants[variant], reason});
  };
  const auto began = Clock::now();
  for (std::uint32_t round = 0; round < effort.rounds; ++round) {
    const std::chrono::duration<double> took = Clock::now() - began;
    // The next round must fit as well, by what the rounds took so far.
    if (effort.seconds > 0 && round >= measure::kFewestRounds && took.count() * (round + 1) / round > effort.seconds)
      break;
    std::vector<Sample> of_round(count);
    for (const std::size_t index : measure::order_of_round(count, round, effort.seed)) {
      const std::size_t variant = index + 1 == count ? 0 : index;
      if (failed[variant]) continue;
      progress();
      auto sample = series.run(variant, effort.seed + round);
      if (interrupted()) return samples;
      if (const auto *const none = std::get_if<NoSample>(&sample)) {
        fail(variant, none->reason);
        if (variant == 0) return Samples(count);  // there is nothing to compare with
        continue;
      }
      of_round[index] = std::get<Sample>(std::move(sample));
    }
    for (std::size_t index = 0; index < count; ++index) samples[index].push_back(std::move(of_round[index]));
  }
  for (std::size_t index = 0; index < series.variants.size(); ++index)
    if (failed[index]) samples[index].clear();
  return samples;
}

Pair pair_of(const Series &series, const Samples &samples, const std::string &metric, const std::string &of,
             const std::string &base) {
  const auto samples_of = [&](const std::string &variant) {
    const auto found = std::find(series.variants.begin(), series.variants.end(), variant);
    if (found == series.variants.end()) return std::vector<double>{};
    return values(samples.at(static_cast<std::size_t>(found - series.variants.begin())), metric);
  };
  return {measure::paired_ratio(samples_of(of), samples_of(base), 1),
          measure::paired_ratio(values(samples.back(), metric), values(samples.front(), metric), 2)};
}

}  // namespace crossheap::bench
