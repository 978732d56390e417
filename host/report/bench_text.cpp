// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The result at a terminal: the answer first, then a table for each load, and what could not be measured.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/bench_report.h"

namespace crossheap::report {

namespace {

using namespace bench;  // NOLINT(google-build-using-namespace): this file is about nothing else

constexpr int kBar = 24;

// A ratio as a bar: its middle is 1, an end is half or twice.
std::string bar(const measure::Estimate &ratio) {
  if (ratio.rounds == 0 || ratio.value <= 0) return "";
  const auto place = [](double value) {
    return std::clamp(static_cast<int>(std::lround((std::log2(value) + 1) / 2 * kBar)), 0, kBar);
  };
  std::string text(kBar + 1, ' ');
  text[kBar / 2] = '|';
  for (int i = place(std::max(ratio.interval.low, 1e-9)); i <= place(ratio.interval.high); ++i)
    text[static_cast<std::size_t>(i)] = '-';
  text[static_cast<std::size_t>(place(ratio.value))] = 'o';
  return text;
}

std::string claims_text(const Results &results) {
  std::string text;
  for (const Claim &claim : results.claims) {
    text += fmt::format("\n{:<18}  {}\n  claim     {}\n  source    {}\n", name_of(claim.answer), claim.id, claim.text,
                        claim.source);
    for (const Part &part : claim.parts) {
      text += fmt::format("  {:<18}  {}\n", name_of(part.answer), part.says);
      if (!part.why.empty())
        text += fmt::format("  {:<18}    not measured: {}\n", "", part.why);
      else
        text += fmt::format("  {:<18}    {}{}{}: {} of {} is {} of {}; claimed {}; the same twice {}\n", "", part.load,
                            part.arguments.empty() ? "" : " ", part.arguments, metric_words(part.metric), part.of,
                            ratio_words(part.ratio), part.base, part.wanted, ratio_words(part.same));
    }
  }
  return text;
}

std::string cells_text(const Results &results) {
  std::string text;
  std::string heading;
  for (const Cell &cell : results.cells) {
    const std::string here = fmt::format("{}{}{}", cell.load, cell.arguments.empty() ? "" : " ", cell.arguments);
    const std::string title = fmt::format("{}: {}, next to {}", here, metric_words(cell.metric), cell.base);
    if (title != heading) text += fmt::format("\n{}\n", title);
    heading = title;
    text += fmt::format("  {:<30} {:>12}  {:<26} {}\n", cell.again ? cell.variant + ", again" : cell.variant,
                        value_words(cell.metric, cell.value), ratio_words(cell.ratio), bar(cell.ratio));
  }
  return text;
}

}  // namespace

std::string bench_text(const Results &results) {
  std::string text = bench_sentence(results) + "\n";
  text += fmt::format("Measured on {}\n", machine_words(results));
  if (results.interrupted) text += "Interrupted: what follows was measured before.\n";
  if (!results.allocators.empty()) {
    text += "\nAllocators\n";
    for (const Used &one : results.allocators)
      text += fmt::format("  {:<20} {:<18} {}\n", one.name, one.version.empty() ? "version not known" : one.version,
                          one.about);
  }
  text += results.kind == Kind::Claims ? claims_text(results) : cells_text(results);
  if (!results.failures.empty()) text += "\nNot measured\n";
  for (const Failure &one : results.failures)
    text += fmt::format("  {}, {}: {}\n", one.load, one.variant, printable(one.reason));
  if (!results.missing.empty()) text += "\nNot on this machine\n";
  for (const Used &one : results.missing) text += fmt::format("  {}: {}\n", one.name, one.about);
  return text;
}

}  // namespace crossheap::report
