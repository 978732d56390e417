// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Words that all reports of `crossheap bench` share. A load under an allocator that could not be measured is a problem,
// because no hazard of the catalogue names it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "report/bench_report.h"

namespace crossheap::report {

using namespace bench;  // NOLINT(google-build-using-namespace): this file is about nothing else

namespace {

struct Metric {
  std::string_view name;
  std::string_view words;
  std::string_view unit;
  double divided_by;
};

constexpr std::array kMetrics{
    Metric{"processor_seconds", "processor time", "ms", 1e-3},
    Metric{"seconds", "wall time", "ms", 1e-3},
    Metric{"peak_kib", "peak memory", "MiB", 1024},
    Metric{"end_kib", "memory at the end", "MiB", 1024},
    Metric{"own_kib", "own memory", "MiB", 1024},
    Metric{"ns", "time", "ns", 1},
    Metric{"milliseconds", "wall time", "ms", 1},
    Metric{"instructions", "instructions", "million", 1e6},
    Metric{"page_faults", "page faults", "", 1},
    Metric{"peak_mib", "most memory", "MiB", 1},
    Metric{"after_mib", "memory at the end", "MiB", 1},
    Metric{"burst_mib", "memory in the burst", "MiB", 1},
    Metric{"idle_mib", "memory after it", "MiB", 1},
    Metric{"resident_mib", "memory under load", "MiB", 1},
    Metric{"p50_us", "p50", "us", 1},
    Metric{"p99_us", "p99", "us", 1},
    Metric{"p999_us", "p99.9", "us", 1},
    Metric{"requests_a_second", "requests a second", "", 1},
};

const Metric *find(const std::string &name) {
  const auto *const found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const Metric &metric) { return metric.name == name; });
  return found == kMetrics.end() ? nullptr : found;
}

}  // namespace

std::string ratio_words(const measure::Estimate &ratio) {
  if (ratio.rounds == 0) return "-";
  const auto digits = [](double value) {
    return value < 10 ? fmt::format("{:.3f}", value) : fmt::format("{:.1f}", value);
  };
  return fmt::format("{} ({} to {})", digits(ratio.value), digits(ratio.interval.low), digits(ratio.interval.high));
}

std::string metric_words(const std::string &metric) {
  if (const Metric *const known = find(metric)) return std::string(known->words);
  std::string words = metric;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string value_words(const std::string &metric, double value) {
  const Metric *const known = find(metric);
  if (known == nullptr) return fmt::format("{:.3g}", value);
  const double shown = value / known->divided_by;
  return fmt::format("{}{}{}", shown < 100 ? fmt::format("{:.3g}", shown) : fmt::format("{:.0f}", shown),
                     known->unit.empty() ? "" : " ", known->unit);
}

std::string machine_words(const Results &results) {
  const measure::Machine &machine = results.machine;
  return fmt::format(
      "{}, {} processor{}. {}, {}. Begun {}, took {:.0f} s. Runnable threads, averaged over a minute: {:.1f} before "
      "and {:.1f} after.",
      machine.cpu.empty() ? "a processor not known" : machine.cpu, machine.processors,
      machine.processors == 1 ? "" : "s", machine.kernel, machine.libc, machine.time, results.seconds, machine.load,
      results.load_after);
}

std::string bench_sentence(const Results &results) {
  if (results.kind == Kind::Claims) {
    const auto count = [&](Answer answer) {
      return std::count_if(results.claims.begin(), results.claims.end(),
                           [answer](const Claim &claim) { return claim.answer == answer; });
    };
    return fmt::format("Of {} claims {} hold here, {} do not, and {} cannot be told here.", results.claims.size(),
                       count(Answer::Holds), count(Answer::DoesNotHold), count(Answer::CannotTell));
  }
  std::set<std::string> loads;
  std::set<std::string> variants;
  for (const Cell &cell : results.cells) {
    loads.insert(cell.load);
    variants.insert(cell.variant);
  }
  return fmt::format("{} load{} under {} variant{}.", loads.size(), loads.size() == 1 ? "" : "s", variants.size(),
                     variants.size() == 1 ? "" : "s");
}

Document document_of(const Results &results) {
  Document document;
  document.verb = "bench";
  for (const Cell &cell : results.cells) {
    const std::string subject = fmt::format("{}, {}", cell.load, cell.variant);
    if (std::find(document.subjects.begin(), document.subjects.end(), subject) == document.subjects.end())
      document.subjects.push_back(subject);
  }
  for (const Failure &one : results.failures)
    document.problems.push_back({fmt::format("{}, {}", one.load, one.variant), one.reason, ""});
  document.facts = bench_json(results);
  document.text = bench_text(results);
  document.markdown = bench_markdown(results);
  return document;
}

}  // namespace crossheap::report
