// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The tables of docs/claims.md, docs/abi.md and docs/performance.md, and of a run of workloads. Names of allocators and
// loads are ours, so only a program's own words are escaped.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "report/bench_report.h"

namespace crossheap::report {

namespace {

using namespace bench;  // NOLINT(google-build-using-namespace): this file is about nothing else

std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : printable_name(text)) {
    if (std::string_view("\\|`*_<>[]").find(c) != std::string_view::npos) all += '\\';
    all += c;
  }
  return all;
}

template <class Field>
std::vector<std::string> distinct(const std::vector<Cell> &cells, Field field) {
  std::vector<std::string> all;
  for (const Cell &cell : cells)
    if (std::find(all.begin(), all.end(), field(cell)) == all.end()) all.push_back(field(cell));
  return all;
}

std::string measured_on(const Results &results) {
  std::string text = "Measured on " + machine_words(results);
  if (results.machine.load > 0.5 * results.machine.processors)
    text += " The machine did other work at the time, so look at the resolution first.";
  return text + "\n";
}

std::string allocators_table(const Results &results) {
  if (results.allocators.empty()) return "";
  std::string text = "\n| allocator | version | how it serves |\n|---|---|---|\n";
  for (const Used &one : results.allocators)
    text += fmt::format("| {} | {} | {} |\n", one.name, one.version.empty() ? "not known" : escaped(one.version),
                        escaped(one.about));
  return text;
}

std::string left_out(const Results &results) {
  std::string text;
  if (!results.failures.empty()) text += "\nNot measured:\n\n";
  for (const Failure &one : results.failures)
    text += fmt::format("- {}, {}: {}\n", one.load, one.variant, escaped(one.reason));
  if (!results.missing.empty()) text += "\nNot on that machine:\n\n";
  for (const Used &one : results.missing) text += fmt::format("- {}: {}\n", one.name, escaped(one.about));
  return text;
}

std::string claims_page(const Results &results) {
  std::string text = bench_sentence(results) + "\n\n" + measured_on(results);
  text += "\n| claim | source | answer |\n|---|---|---|\n";
  for (const Claim &claim : results.claims)
    text += fmt::format("| [{}](#{}) | {} | {} |\n", claim.text, claim.id, claim.source, name_of(claim.answer));
  text += allocators_table(results);
  for (const Claim &claim : results.claims) {
    text +=
        fmt::format("\n## {}\n\n{}. Source: {}. **{}**\n\n", claim.id, claim.text, claim.source, name_of(claim.answer));
    text +=
        "| what the claim says | workload | figure | ratio, 95 % | the same twice | claimed | answer |\n"
        "|---|---|---|---|---|---|---|\n";
    for (const Part &part : claim.parts)
      text += fmt::format("| {} | {}{} | {}, {} to {} | {} | {} | {} | {}{} |\n", part.says, part.load,
                          part.arguments.empty() ? "" : fmt::format(" `{}`", part.arguments), metric_words(part.metric),
                          part.of, part.base, ratio_words(part.ratio), ratio_words(part.same), part.wanted,
                          name_of(part.answer), part.why.empty() ? "" : ": " + escaped(part.why));
  }
  return text + left_out(results);
}

std::string abi_tables(const Results &results) {
  std::string text = measured_on(results);
  text += "\n| provider, load | variant | ns | added ns | ratio, 95 % | next to |\n|---|---|---|---|---|---|\n";
  for (const Cell &cell : results.cells)
    text += fmt::format("| {} | {}{} | {:.2f} | {:+.2f} | {} | {} |\n", cell.load, cell.variant,
                        cell.again ? ", again" : "", cell.value, cell.added, ratio_words(cell.ratio), cell.base);
  return text + left_out(results);
}

// A row for each load and metric, a column for each variant.
std::string pivot(const std::vector<Cell> &cells, std::string_view first) {
  const std::vector<std::string> bases = distinct(cells, [](const Cell &cell) { return cell.base; });
  std::vector<std::string> variants = distinct(cells, [](const Cell &cell) { return cell.variant; });
  for (const std::string &base : bases)
    variants.erase(std::remove(variants.begin(), variants.end(), base), variants.end());
  std::string text = fmt::format("| {} | {} | again", first, fmt::format("{}", bases.empty() ? "" : bases.front()));
  std::string rule = "|---|---|---";
  for (const std::string &variant : variants) {
    text += " | " + variant;
    rule += "|---";
  }
  text += " |\n" + rule + "|\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Cell &cell : cells)
    if (std::find(rows.begin(), rows.end(), std::pair(cell.load, cell.metric)) == rows.end())
      rows.emplace_back(cell.load, cell.metric);
  for (const auto &[load, metric] : rows) {
    const auto find = [&, &load = load, &metric = metric](const std::string &variant, bool again) -> const Cell * {
      for (const Cell &cell : cells)
        if (cell.load == load && cell.metric == metric && cell.variant == variant && cell.again == again) return &cell;
      return nullptr;
    };
    const Cell *const base = bases.empty() ? nullptr : find(bases.front(), false);
    const Cell *const again = bases.empty() ? nullptr : find(bases.front(), true);
    text += fmt::format("| {}, {} | {} | {}", load, metric_words(metric),
                        base == nullptr ? "-" : value_words(metric, base->value),
                        again == nullptr ? "-" : ratio_words(again->ratio));
    for (const std::string &variant : variants) {
      const Cell *const cell = find(variant, false);
      text += " | " + (cell == nullptr ? std::string("-") : ratio_words(cell->ratio));
    }
    text += " |\n";
  }
  return text;
}

}  // namespace

std::string bench_markdown(const Results &results) {
  switch (results.kind) {
    case Kind::Claims:
      return claims_page(results);
    case Kind::Abi:
      return abi_tables(results);
    case Kind::Agent:
      return measured_on(results) + "\n" + pivot(results.cells, "load") + left_out(results);
    case Kind::Workloads:
      break;
  }
  return fmt::format("{}\n\n{}{}\n{}{}", bench_sentence(results), measured_on(results), allocators_table(results),
                     pivot(results.cells, "workload"), left_out(results));
}

}  // namespace crossheap::report
