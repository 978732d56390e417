// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Figures are compared within a round, because a machine is faster in one minute than in the next. In each round the
// baseline runs twice. Both runs together are the denominator (their geometric mean). The second against the first
// shows what this machine cannot tell apart: a difference below that is none, whatever its interval says.
//
//     round    glibc     glibc again    jemalloc
//     1        1.00 s    1.04 s         0.92 s      0.92 / sqrt(1.00 * 1.04) = 0.902
//     2        1.10 s    1.12 s         1.00 s      1.00 / sqrt(1.10 * 1.12) = 0.901
//
// The interval that is shown is for its row alone. Whether a row differs is asked at a stricter level, so that all rows
// together are 95 % sure: with ten allocators, one would otherwise look different by chance two times in five.
//
// An earlier result has no rounds in common with this one. There the two ratios are compared, each with its own
// interval.
#include "compare/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/random/mersenne_twister.hpp>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::compare {

namespace {

using measure::Difference;
using measure::Estimate;

std::vector<double> column(const std::vector<Sample> &samples, Quantity quantity) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample &sample : samples) values.push_back(sample[quantity]);
  return values;
}

std::vector<double> without_gaps(std::vector<double> values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double value) { return !std::isfinite(value); }),
               values.end());
  return values;
}

/// What the variants are divided by: the baseline was measured twice in each round, and both count.
std::vector<double> denominators(const Result &result, Quantity quantity) {
  std::vector<double> first = column(result.variants.front().samples, quantity);
  const std::vector<double> second = column(result.again, quantity);
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
    if (!std::isfinite(first[i])) first[i] = second[i];
    if (std::isfinite(second[i])) first[i] = std::sqrt(first[i] * second[i]);
  }
  return first;
}

std::uint64_t seed_of(const Result &result, std::size_t index, Quantity quantity) {
  return result.seed * 1'000'003 + index * kQuantities + static_cast<std::uint64_t>(quantity);
}

std::size_t comparisons(const Result &result) {
  return static_cast<std::size_t>(std::count_if(result.variants.begin() + 1, result.variants.end(),
                                                [](const Variant &variant) { return variant.takes_part(); }));
}

/// Whether `one` is nearer to what the user wants than `other`.
bool is_better(double one, double other, bool more) { return more ? one > other : one < other; }

std::string percent(double part) {
  const double percents = std::abs(part) * 100;
  return fmt::format("{:.{}f} %", percents, percents < 10 ? 1 : 0);
}

/// "between 3.1 % and 5.0 % less".
std::string interval_in_words(const measure::Interval &interval) {
  if (interval.low > 0.5 && interval.high < 2) {
    if (interval.high <= 1)
      return fmt::format("between {} and {} less", percent(1 - interval.high), percent(1 - interval.low));
    if (interval.low >= 1)
      return fmt::format("between {} and {} more", percent(interval.low - 1), percent(interval.high - 1));
    return fmt::format("between {} less and {} more", percent(1 - interval.low), percent(interval.high - 1));
  }
  return fmt::format("{:.2f} to {:.2f} times", interval.low, interval.high);
}

std::string memory_in_words(const Result &result, std::size_t best) {
  const Compared memory = compared(result, best, Quantity::PeakRss);
  if (memory.ratio.rounds == 0) return "its memory was not measured";
  const std::string change = memory.difference == Difference::Less || memory.difference == Difference::More
                                 ? change_in_words(memory.ratio.value)
                                 : "not measurably different";
  return fmt::format("its peak memory is {} ({})", change, in_words(memory.value.value, Unit::Bytes));
}

std::string name_in_sentence(const Variant &variant) {
  return variant.allocator.version.empty() ? variant.allocator.name
                                           : fmt::format("{} {}", variant.allocator.name, variant.allocator.version);
}

/// Why the variants that are not recommended are not, each in a clause.
std::string left_out(const Result &result) {
  std::vector<std::string> clauses;
  for (std::size_t i = 1; i < result.variants.size(); ++i) {
    const Variant &variant = result.variants[i];
    if (variant.eligible()) continue;
    if (variant.ownership.state == Ownership::State::Crosses)
      clauses.push_back(fmt::format("{} (blocks cross)", variant.allocator.name));
    else if (!variant.failure.empty())
      clauses.push_back(fmt::format("{} (the command {})", variant.allocator.name, variant.failure));
    else if (variant.service.state != Service::State::All)
      clauses.push_back(fmt::format("{} (it {})", variant.allocator.name,
                                    variant.service.state == Service::State::None   ? "never served the program"
                                    : variant.service.state == Service::State::Part ? "served only a part"
                                                                                    : "may not have served it"));
    else
      clauses.push_back(fmt::format("{} (its blocks were not checked)", variant.allocator.name));
  }
  return clauses.empty() ? "" : fmt::format(" Left out: {}.", enumeration(clauses));
}

std::string no_difference(const Result &result, const Estimate &same) {
  const double error = std::max(1 - same.interval.low, same.interval.high - 1);
  return fmt::format(
      "No difference you could measure on this machine: in {}, no allocator that works here is better than {} by more "
      "than this machine's own {} ({} rounds).{}",
      row_of(result.by).title, result.variants.front().allocator.name, percent(error), same.rounds, left_out(result));
}

/// median(now) - median(then), both of logarithms. The two were measured on different days, so each has an interval of
/// its own.
Estimate change_of(const std::vector<double> &now, const std::vector<double> &then, std::uint64_t seed) {
  // Independent errors add as squares do.
  const Estimate one = measure::estimate(now, seed);
  const Estimate other = measure::estimate(then, seed + 1);
  Estimate change;
  if (one.rounds == 0 || other.rounds == 0) return change;
  change.rounds = std::min(one.rounds, other.rounds);
  const double value = one.value - other.value;
  const double down = std::hypot(one.value - one.interval.low, other.interval.high - other.value);
  const double up = std::hypot(one.interval.high - one.value, other.value - other.interval.low);
  change.value = std::exp(value);
  change.interval = {std::exp(value - down), std::exp(value + up)};
  return change;
}

std::vector<double> log_ratios(const Result &result, std::size_t index, Quantity quantity) {
  const std::vector<double> base = denominators(result, quantity);
  const std::vector<double> of = column(result.variants[index].samples, quantity);
  std::vector<double> logarithms;
  for (std::size_t i = 0; i < std::min(of.size(), base.size()); ++i)
    if (of[i] > 0 && base[i] > 0) logarithms.push_back(std::log(of[i] / base[i]));
  return logarithms;
}

}  // namespace

std::string_view name_of(Service::State state) noexcept {
  switch (state) {
    case Service::State::Unknown:
      return "unknown";
    case Service::State::All:
      return "all";
    case Service::State::Part:
      return "part";
    case Service::State::None:
      return "none";
  }
  return "unknown";
}

std::string_view name_of(Ownership::State state) noexcept {
  switch (state) {
    case Ownership::State::Unknown:
      return "unknown";
    case Ownership::State::Clean:
      return "clean";
    case Ownership::State::Crosses:
      return "crosses";
  }
  return "unknown";
}

std::string_view name_of(Answer::State state) noexcept {
  switch (state) {
    case Answer::State::Better:
      return "better";
    case Answer::State::NoDifference:
      return "no difference";
    case Answer::State::Unknown:
      return "unknown";
  }
  return "unknown";
}

std::string in_words(double value, Unit unit) {
  if (!std::isfinite(value)) return "-";
  switch (unit) {
    case Unit::Seconds:
      return value < 1e-3 ? fmt::format("{:.0f} us", value * 1e6)
             : value < 1  ? fmt::format("{:.1f} ms", value * 1e3)
                          : fmt::format("{:.2f} s", value);
    case Unit::Milliseconds:
      return fmt::format("{:.3g} ms", value);
    case Unit::Bytes:
      return value < 1048576.0          ? fmt::format("{:.0f} KiB", value / 1024)
             : value < 1024 * 1048576.0 ? fmt::format("{:.1f} MiB", value / 1048576)
                                        : fmt::format("{:.2f} GiB", value / 1073741824);
    case Unit::Count:
      return with_commas(static_cast<std::uint64_t>(std::max(0.0, std::round(value))));
    case Unit::PerSecond:
      return fmt::format("{}/s", with_commas(static_cast<std::uint64_t>(std::round(value))));
    case Unit::None:
      break;
  }
  return fmt::format("{:.6g}", value);
}

std::string change_in_words(double ratio) {
  if (ratio >= 2) return fmt::format("{:.2f} times as much", ratio);
  if (ratio >= 1) return fmt::format("{} more", percent(ratio - 1));
  return fmt::format("{} less", percent(1 - ratio));
}

Estimate resolution(const Result &result, Quantity quantity) {
  return measure::paired_ratio(column(result.again, quantity), column(result.variants.front().samples, quantity),
                               seed_of(result, result.variants.size(), quantity));
}

bool is_measured(const Result &result, Quantity quantity) {
  return std::any_of(result.variants.begin(), result.variants.end(), [quantity](const Variant &variant) {
    return !without_gaps(column(variant.samples, quantity)).empty() ||
           !without_gaps(column(variant.watched, quantity)).empty();
  });
}

Compared compared(const Result &result, std::size_t index, Quantity quantity) {
  Compared row;
  const Variant &variant = result.variants[index];
  std::vector<double> values = without_gaps(column(variant.samples, quantity));
  const bool in_rounds = !values.empty();
  if (!in_rounds) values = without_gaps(column(variant.watched, quantity));
  row.value = measure::estimate(values, seed_of(result, index, quantity));
  if (index == 0) return row;
  if (!in_rounds) {
    const std::vector<double> base = without_gaps(column(result.variants.front().watched, quantity));
    if (!values.empty() && !base.empty()) row.ratio.value = measure::median(values) / measure::median(base);
    return row;
  }
  const std::vector<double> base = denominators(result, quantity);
  const std::vector<double> of = column(variant.samples, quantity);
  row.ratio = measure::paired_ratio(of, base, seed_of(result, index, quantity));
  // All rows of the table together are to be as sure as one.
  const Estimate strict =
      measure::paired_ratio(of, base, seed_of(result, index, quantity), measure::level_of_each(comparisons(result)));
  row.difference = measure::difference(strict, resolution(result, quantity));
  const bool more = result.more_is_better(quantity);
  row.better = row.difference == (more ? Difference::More : Difference::Less);
  row.worse = row.difference == (more ? Difference::Less : Difference::More);
  return row;
}

Answer answer_of(const Result &result) {
  Answer answer;
  if (result.variants.empty()) return answer;
  const QuantityRow &quantity = row_of(result.by);
  const bool more = result.more_is_better(result.by);
  const Estimate same = resolution(result, result.by);
  if (result.variants.size() < 2) {
    answer.sentence = "There is nothing to compare: no other allocator is on this machine.";
    return answer;
  }
  if (comparisons(result) == 0) {
    answer.sentence =
        fmt::format("There is nothing to compare: no other allocator served this program.{}", left_out(result));
    return answer;
  }
  if (same.rounds < measure::kFewestRounds) {
    answer.sentence = fmt::format("Not known: {} measured, and an answer takes {}.{}",
                                  same.rounds == 1 ? "1 round was" : fmt::format("{} rounds were", same.rounds),
                                  measure::kFewestRounds, left_out(result));
    return answer;
  }
  std::vector<std::pair<std::size_t, Compared>> better;
  for (std::size_t i = 1; i < result.variants.size(); ++i) {
    if (!result.variants[i].eligible()) continue;
    const Compared row = compared(result, i, result.by);
    if (row.better) better.emplace_back(i, row);
  }
  if (better.empty()) {
    answer.state = Answer::State::NoDifference;
    answer.sentence = no_difference(result, same);
    return answer;
  }
  const auto best = *std::min_element(better.begin(), better.end(), [more](const auto &one, const auto &other) {
    return is_better(one.second.ratio.value, other.second.ratio.value, more);
  });
  answer.state = Answer::State::Better;
  answer.best = best.first;
  for (const auto &[index, row] : better) {
    if (index == best.first) continue;
    const Estimate between = measure::paired_ratio(column(result.variants[index].samples, result.by),
                                                   column(result.variants[best.first].samples, result.by),
                                                   seed_of(result, index, result.by) + 7);
    const Difference difference = measure::difference(between, same);
    if (difference == Difference::None || difference == Difference::Unknown) answer.equal.push_back(index);
  }
  std::vector<std::string> equal;
  for (const std::size_t index : answer.equal) equal.push_back(result.variants[index].allocator.name);
  answer.sentence = fmt::format(
      "Take {}: its {} is {} than {}'s (95 % sure: {}; {} rounds), and {}.{}{}",
      name_in_sentence(result.variants[best.first]), result.by == Quantity::Figure ? "figure" : quantity.title,
      change_in_words(best.second.ratio.value), result.variants.front().allocator.name,
      interval_in_words(best.second.ratio.interval), best.second.ratio.rounds, memory_in_words(result, best.first),
      equal.empty() ? "" : fmt::format(" {} cannot be told from it.", enumeration(equal)), left_out(result));
  return answer;
}

std::vector<Adoption> adoptions(const Result &result, const measure::Allocator &allocator) {
  std::vector<Adoption> all;
  const std::string library = allocator.library.string();
  const bool has_settings = !allocator.settings.empty();
  std::string before;
  for (const auto &[name, value] : allocator.settings) before += fmt::format("{}={} ", name, shell_quoted(value));
  if (!library.empty()) before += fmt::format("LD_PRELOAD={} ", library);
  std::vector<std::string> words;
  words.reserve(result.command.size());
  for (const std::string &word : result.command) words.push_back(shell_quoted(word));
  all.push_back({"shell", {fmt::format("{}{}", before, fmt::join(words, " "))}});

  struct Source {
    Family family;
    std::string_view cmake;  // as crossheap_use_allocator takes it
    std::string_view library;
    std::string_view crate;
    std::string_view type;
  };
  static constexpr std::array kSources{
      Source{Family::Jemalloc, "jemalloc", "jemalloc", "tikv-jemallocator", "tikv_jemallocator::Jemalloc"},
      Source{Family::Mimalloc, "mimalloc", "mimalloc", "mimalloc", "mimalloc::MiMalloc"},
      Source{Family::Tcmalloc, "tcmalloc", "tcmalloc_minimal", "", ""},
      Source{Family::Snmalloc, "snmalloc", "", "snmalloc-rs", "snmalloc_rs::SnMalloc"},
  };
  const auto *const source = std::find_if(kSources.begin(), kSources.end(), [&allocator](const Source &one) {
    return !allocator.library.empty() && one.family == allocator.family;
  });
  if (source != kSources.end()) {
    std::vector<std::string> lines{"find_package(crossheap REQUIRED)",
                                   fmt::format("crossheap_use_allocator(my_program {})", source->cmake)};
    if (!source->library.empty())
      lines.push_back(
          fmt::format("# without crossheap: target_link_libraries(my_program PRIVATE {})", source->library));
    all.push_back({"CMake", lines});
    if (!source->crate.empty())
      all.push_back({"cargo",
                     {fmt::format("cargo add {}", source->crate), "#[global_allocator]",
                      fmt::format("static GLOBAL: {} = {};", source->type, source->type)}});
  }
  std::vector<std::string> unit{"[Service]"};
  std::vector<std::string> container;
  std::vector<std::string> pod{"env:"};
  if (!allocator.package.empty())
    container.push_back(
        fmt::format("RUN apt-get update && apt-get install -y --no-install-recommends {}", allocator.package));
  // A library that no package brings is put into the image.
  std::string inside = library;
  if (allocator.package.empty() && !library.empty()) {
    inside = fmt::format("/usr/local/lib/{}", allocator.library.filename().string());
    container.push_back(fmt::format("COPY {} {}", allocator.library.filename().string(), inside));
  }
  const auto set = [&](const std::string &name, const std::string &value, const std::string &in_container) {
    unit.push_back(fmt::format("Environment=\"{}={}\"", name, value));
    container.push_back(fmt::format("ENV {}=\"{}\"", name, in_container));
    pod.push_back(fmt::format("  - name: {}", name));
    pod.push_back(fmt::format("    value: \"{}\"", in_container));
  };
  if (!library.empty()) set("LD_PRELOAD", library, inside);
  for (const auto &[name, value] : allocator.settings) set(name, value, value);
  if (!library.empty() || has_settings) {
    all.push_back({"systemd, in /etc/systemd/system/NAME.service.d/allocator.conf", unit});
    all.push_back({"Dockerfile", container});
    all.push_back({"Kubernetes, in the container", pod});
  }
  return all;
}

Against against(const Result &now, const Result &then) {
  if (now.command != then.command || now.load != then.load)
    throw Error(Blame::Usage, "--against", "is the result of another command",
                fmt::format("that one measured: {}", fmt::join(then.command, " ")));
  if (now.by != then.by || now.metric != then.metric)
    throw Error(Blame::Usage, "--against", fmt::format("is about another quantity: {}", row_of(then.by).name),
                fmt::format("run again with --by {}", row_of(then.by).name));
  Against result;
  if (!now.machines.empty() && !then.machines.empty())
    result.incomparable = measure::why_incomparable(then.machines.front(), now.machines.front());
  const Estimate same = resolution(now, now.by);
  for (std::size_t i = 1; i < now.variants.size(); ++i) {
    const std::string &name = now.variants[i].allocator.name;
    std::size_t old = 1;
    while (old < then.variants.size() && then.variants[old].allocator.name != name) ++old;
    if (old >= then.variants.size()) {
      result.missing.push_back(name);
      continue;
    }
    Change change;
    change.name = name;
    change.then = compared(then, old, now.by).ratio;
    change.now = compared(now, i, now.by).ratio;
    change.change = change_of(log_ratios(now, i, now.by), log_ratios(then, old, now.by), now.seed + i);
    change.difference = measure::difference(change.change, same);
    result.changes.push_back(change);
  }
  for (std::size_t i = 1; i < then.variants.size(); ++i)
    if (std::none_of(now.variants.begin(), now.variants.end(),
                     [&](const Variant &variant) { return variant.allocator.name == then.variants[i].allocator.name; }))
      result.missing.push_back(then.variants[i].allocator.name);
  return result;
}

Result merged(std::vector<Result> parts) {
  if (parts.empty()) throw Error(Blame::Usage, "merge", "was given nothing to put together");
  Result whole = std::move(parts.front());
  whole.merged = {whole.shard};
  for (std::size_t p = 1; p < parts.size(); ++p) {
    Result &part = parts[p];
    const std::string name = fmt::format("shard {}/{}", part.shard, part.shards);
    if (part.command != whole.command || part.load != whole.load || part.metric != whole.metric || part.by != whole.by)
      throw Error(Blame::Usage, name, "is of another comparison", "merge the shards of one command and one --by");
    if (part.shards != whole.shards)
      throw Error(Blame::Usage, name, fmt::format("is of another division: the first is one of {}", whole.shards));
    if (std::find(whole.merged.begin(), whole.merged.end(), part.shard) != whole.merged.end())
      throw Error(Blame::Usage, name, "is given twice", "give each shard once");
    for (std::size_t i = 0; i < std::max(part.variants.size(), whole.variants.size()); ++i)
      if (i >= part.variants.size() || i >= whole.variants.size() ||
          part.variants[i].allocator.name != whole.variants[i].allocator.name ||
          part.variants[i].allocator.version != whole.variants[i].allocator.version)
        throw Error(Blame::Usage, name, "has other allocators, or other versions of them",
                    "give --allocators the same list on machines that have the same versions");
    whole.merged.push_back(part.shard);
    for (std::size_t i = 0; i < whole.variants.size(); ++i) {
      Variant &into = whole.variants[i];
      Variant &from = part.variants[i];
      // The worst that any machine saw counts.
      if (into.failure.empty()) into.failure = from.failure;
      if (from.service.state != Service::State::All && into.service.state == Service::State::All)
        into.service = from.service;
      if (from.ownership.state == Ownership::State::Crosses ||
          (from.ownership.state == Ownership::State::Unknown && into.ownership.state == Ownership::State::Clean))
        into.ownership = from.ownership;
      into.samples.insert(into.samples.end(), from.samples.begin(), from.samples.end());
      into.watched.insert(into.watched.end(), from.watched.begin(), from.watched.end());
    }
    whole.again.insert(whole.again.end(), part.again.begin(), part.again.end());
    whole.machines.insert(whole.machines.end(), part.machines.begin(), part.machines.end());
    whole.rounds_of_machine.insert(whole.rounds_of_machine.end(), part.rounds_of_machine.begin(),
                                   part.rounds_of_machine.end());
    whole.interrupted = whole.interrupted || part.interrupted;
    whole.took_seconds += part.took_seconds;
    for (const Finding &finding : part.findings)
      if (std::none_of(whole.findings.begin(), whole.findings.end(), [&finding](const Finding &one) {
            return one.hazard == finding.hazard && one.subject == finding.subject && one.summary == finding.summary;
          }))
        whole.findings.push_back(finding);
  }
  return whole;
}

}  // namespace crossheap::compare
