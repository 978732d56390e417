// SPDX-License-Identifier: MIT OR Apache-2.0
//
// RE2 reads the outputs: its time is linear in the text, whatever a user's expression is.
#include "compare/load_figures.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::compare {

namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::optional<double> number_in(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  const std::size_t begin = text.find_first_not_of(" \t+");
  if (begin == std::string::npos) return std::nullopt;
  double value = 0;
  const char *const last = text.data() + text.find_last_not_of(" \t") + 1;
  const auto [end, failed] = std::from_chars(text.data() + begin, last, value);
  if (failed != std::errc{} || end != last || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// What the groups of `expression` hold at each match.
std::vector<std::array<std::string, 2>> all_matches(std::string_view output, const char *expression) {
  const RE2 pattern(expression);
  std::vector<std::array<std::string, 2>> found;
  re2::StringPiece rest = piece(output);
  std::string first;
  std::string second;
  if (pattern.NumberOfCapturingGroups() == 2)
    while (RE2::FindAndConsume(&rest, pattern, &first, &second)) found.push_back({first, second});
  else
    while (RE2::FindAndConsume(&rest, pattern, &first)) found.push_back({first, ""});
  return found;
}

double milliseconds_in(double value, std::string_view unit) {
  if (unit == "us") return value / 1000;
  if (unit == "s" || unit == "secs") return value * 1000;
  if (unit == "m") return value * 60'000;
  return value;
}

/// The geometric mean of the first groups, in milliseconds by the second ones.
std::optional<double> mean_of(std::string_view output, const char *expression) {
  if (expression == nullptr) return std::nullopt;
  double only = 0;
  double sum = 0;
  std::size_t count = 0;
  for (const auto &[text, unit] : all_matches(output, expression))
    if (const auto value = number_in(text); value && *value > 0) {
      only = milliseconds_in(*value, unit);
      sum += std::log(only);
      ++count;
    }
  if (count == 0) return std::nullopt;
  return count == 1 ? only : std::exp(sum / static_cast<double>(count));
}

struct Reader {
  std::string_view tool;
  const char *mark;  ///< that only this tool prints
  // Null where the tool does not print it.
  const char *throughput;
  const char *p50;
  const char *p99;
  const char *p999;
};

constexpr std::array kReaders{
    Reader{"wrk", R"(Running .* test @ )", R"(Requests/sec:\s+([0-9.]+))",
           R"((?m)^\s+50(?:\.0+)?%\s+([0-9.]+)(us|ms|s|m)\s*$)", R"((?m)^\s+99(?:\.0+)?%\s+([0-9.]+)(us|ms|s|m)\s*$)",
           R"((?m)^\s+99\.90*%\s+([0-9.]+)(us|ms|s|m)\s*$)"},
    Reader{"hey", R"(Response time histogram:)", R"(Requests/sec:\s+([0-9.]+))", R"(50%+ in ([0-9.]+) (secs))",
           R"(99%+ in ([0-9.]+) (secs))", R"(99\.9%+ in ([0-9.]+) (secs))"},
    Reader{"ab", R"(This is ApacheBench)", R"(Requests per second:\s+([0-9.]+))", R"((?m)^\s+50%\s+([0-9.]+)\s*$)",
           R"((?m)^\s+99%\s+([0-9.]+)\s*$)", R"((?m)^\s+99\.9%\s+([0-9.]+)\s*$)"},
    Reader{"redis-benchmark", R"(throughput summary: |requests per second, p50=|"test","rps")",
           R"((?:throughput summary: |: )([0-9.]+) requests per second)",
           R"((?:p50=|avg\s+min\s+p50\s+p95\s+p99\s+max\s+[0-9.]+\s+[0-9.]+\s+)([0-9.]+)()(?: msec)?)",
           R"(avg\s+min\s+p50\s+p95\s+p99\s+max\s+[0-9.]+\s+[0-9.]+\s+[0-9.]+\s+[0-9.]+\s+([0-9.]+))",
           // The first of the quantiles from 99.9 on; the table of latencies below them has other steps.
           R"(Latency by percentile distribution:[^C]*?\n99\.9[0-9]*% <= ([0-9.]+) milliseconds)"},
    Reader{"pgbench", R"(pgbench \(|transaction type: )", R"(tps = ([0-9.]+) \((?:without|excluding))",
           // Its latency is an average, which is no median.
           nullptr, nullptr, nullptr},
};

/// memtier's totals are a line below a head that names its columns.
std::optional<LoadFigures> memtier(std::string_view output) {
  std::string head;
  std::string totals;
  if (!RE2::PartialMatch(piece(output), R"((?m)^Type\s+(.*Ops/sec.*|Ops/sec.*)$)", &head) ||
      !RE2::PartialMatch(piece(output), R"((?m)^Totals\s+(.*)$)", &totals))
    return std::nullopt;
  const RE2 name(R"((Ops/sec|Hits/sec|Misses/sec|Avg\. Latency|p[0-9.]+ Latency|KB/sec|\S+))");
  std::vector<std::string> names;
  re2::StringPiece rest(head);
  std::string word;
  while (RE2::FindAndConsume(&rest, name, &word)) names.push_back(word);
  std::vector<std::string> values;
  re2::StringPiece cells(totals);
  while (RE2::FindAndConsume(&cells, R"((\S+))", &word)) values.push_back(word);
  LoadFigures figures;
  figures.tool = "memtier";
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    const auto value = number_in(values[i]);
    if (!value) continue;
    if (names[i] == "Ops/sec") figures.throughput = *value;
    if (names[i] == "p50 Latency") figures.p50 = value;
    if (names[i] == "p99 Latency") figures.p99 = value;
    if (names[i] == "p99.9 Latency") figures.p999 = value;
  }
  if (figures.throughput <= 0) return std::nullopt;
  return figures;
}

}  // namespace

std::optional<LoadFigures> load_figures_in(std::string_view output) {
  if (auto figures = memtier(output)) return figures;
  for (const Reader &reader : kReaders) {
    if (!RE2::PartialMatch(piece(output), reader.mark)) continue;
    const auto throughput = mean_of(output, reader.throughput);
    if (!throughput) continue;
    LoadFigures figures;
    figures.tool = reader.tool;
    figures.throughput = *throughput;
    figures.p50 = mean_of(output, reader.p50);
    figures.p99 = mean_of(output, reader.p99);
    figures.p999 = mean_of(output, reader.p999);
    return figures;
  }
  return std::nullopt;
}

std::string load_tools() {
  std::vector<std::string> names;
  names.reserve(std::size(kReaders) + 1);
  for (const Reader &reader : kReaders) names.emplace_back(reader.tool);
  names.emplace_back("memtier");
  return enumeration(names);
}

struct Metric::Expression {
  explicit Expression(const std::string &text) : pattern(text, RE2::Quiet) {}
  RE2 pattern;
};

Metric::Metric(std::string_view option, const std::string &expression)
    : option_(option), text_(expression), expression_(std::make_unique<Expression>(expression)) {
  if (!expression_->pattern.ok())
    throw Error(Blame::Usage, fmt::format("{} '{}'", option, expression),
                fmt::format("is no regular expression: {}", expression_->pattern.error()),
                "see https://github.com/google/re2/wiki/Syntax");
}

Metric::~Metric() = default;
Metric::Metric(Metric &&) noexcept = default;

bool Metric::matches(std::string_view output) const { return RE2::PartialMatch(piece(output), expression_->pattern); }

double Metric::in(std::string_view output) const {
  const RE2 &pattern = expression_->pattern;
  std::array<re2::StringPiece, 2> groups;
  const int count = std::min(pattern.NumberOfCapturingGroups() + 1, 2);
  const re2::StringPiece text = piece(output);
  std::size_t from = 0;
  std::optional<std::string> last;
  while (from <= text.size() && pattern.Match(text, from, text.size(), RE2::UNANCHORED, groups.data(), count)) {
    last = groups[static_cast<std::size_t>(count - 1)].ToString();
    const auto end = static_cast<std::size_t>(groups[0].data() + groups[0].size() - text.data());
    from = std::max(end, from + 1);
  }
  if (!last) {
    constexpr std::size_t kShown = 400;
    const std::string_view shown = output.size() > kShown ? output.substr(output.size() - kShown) : output;
    throw Error(Blame::Work, fmt::format("{} '{}'", option_, text_), "matches nothing in what the command printed",
                output.empty() ? "it printed nothing" : fmt::format("it printed, at the end: {}", shown));
  }
  const std::optional<double> value = number_in(*last);
  if (!value)
    throw Error(Blame::Work, fmt::format("{} '{}'", option_, text_),
                fmt::format("finds '{}', which is no number", *last),
                "put the number, and nothing else, into the first pair of parentheses");
  return *value;
}

}  // namespace crossheap::compare
