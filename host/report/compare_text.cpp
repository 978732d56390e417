// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For a person: the sentence, the table with a bar for each allocator, what is to be known beside it, how to adopt it.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/text.h"
#include "report/compare_report.h"

namespace crossheap::report {

namespace {

using namespace compare;  // NOLINT(google-build-using-namespace): this file is about nothing else

constexpr int kHalfBar = 12;

/// The interval, its median and the line of the baseline, on a scale that all bars of a table share.
std::string bar(const measure::Estimate &ratio, double scale) {
  std::string line(2 * kHalfBar + 1, ' ');
  const auto place = [scale](double value) {
    const double part = std::clamp(std::log(value) / scale, -1.0, 1.0);
    return static_cast<std::size_t>(kHalfBar + std::lround(part * kHalfBar));
  };
  for (std::size_t at = place(ratio.interval.low); at <= place(ratio.interval.high); ++at) line[at] = '-';
  line[kHalfBar] = '|';
  line[place(ratio.value)] = 'o';
  return line;
}

double scale_of(const Result &result) {
  double scale = 0.01;
  const auto widen = [&scale](const measure::Estimate &ratio) {
    if (ratio.rounds == 0) return;
    scale = std::max({scale, std::abs(std::log(ratio.interval.low)), std::abs(std::log(ratio.interval.high))});
  };
  widen(resolution(result, result.by));
  for (std::size_t i = 1; i < result.variants.size(); ++i) widen(compared(result, i, result.by).ratio);
  return scale;
}

std::string interval_cell(const measure::Estimate &ratio) {
  return fmt::format("{} ({} to {})", change_cell(ratio.value), change_cell(ratio.interval.low),
                     change_cell(ratio.interval.high));
}

std::string named(const Variant &variant) {
  return variant.allocator.version.empty() ? variant.allocator.name
                                           : fmt::format("{} {}", variant.allocator.name, variant.allocator.version);
}

using Row = std::vector<std::string>;

void write_table(std::ostream &to, const std::vector<Row> &rows) {
  std::vector<std::size_t> widths;
  for (const Row &row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  for (const Row &row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format(" {:<{}} ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print(to, "{}\n", line);
  }
}

std::vector<Row> rows_of(const Result &result) {
  const double scale = scale_of(result);
  const std::vector<Quantity> shown = quantities_shown(result);
  Row head{"", std::string(row_of(result.by).title), "against " + result.variants.front().allocator.name, ""};
  for (std::size_t i = 1; i < shown.size(); ++i) head.emplace_back(row_of(shown[i]).title);
  std::vector<Row> rows{head};
  const auto others = [&](Row &row, std::size_t index) {
    for (std::size_t i = 1; i < shown.size(); ++i) {
      const Compared one = compared(result, index, shown[i]);
      if (one.value.rounds == 0) {
        row.emplace_back("-");
        continue;
      }
      std::string cell = in_words(one.value.value, row_of(shown[i]).unit);
      if (one.ratio.value > 0) cell += fmt::format(" {}", change_cell(one.ratio.value));
      // What the machine alone may have done is marked as not told apart.
      if (one.ratio.rounds > 0 && one.difference == measure::Difference::None) cell += " =";
      row.push_back(std::move(cell));
    }
  };
  for (std::size_t i = 0; i < result.variants.size(); ++i) {
    const Variant &variant = result.variants[i];
    const Compared one = compared(result, i, result.by);
    Row row{named(variant), one.value.rounds == 0 ? "not measured" : in_words(one.value.value, row_of(result.by).unit)};
    row.push_back(one.ratio.rounds == 0 ? "" : interval_cell(one.ratio));
    row.push_back(one.ratio.rounds == 0 ? "" : bar(one.ratio, scale));
    others(row, i);
    rows.push_back(std::move(row));
    if (i == 0) {
      const measure::Estimate same = resolution(result, result.by);
      if (same.rounds > 0) rows.push_back({"  again (A/A)", "", interval_cell(same), bar(same, scale)});
    }
  }
  return rows;
}

void write_remarks(std::ostream &to, const Result &result) {
  const Variant &baseline = result.variants.front();
  for (const ProgramSeen &seen : baseline.service.programs)
    if (!seen.provider.empty() && seen.provider.find("libc.so") == std::string::npos)
      fmt::print(to, "\n{} allocates from {} by itself.\n", printable_name(seen.program),
                 printable_name(seen.provider));
  bool first = true;
  for (const Variant &variant : result.variants) {
    const std::string remark = remark_on(variant);
    if (remark.empty()) continue;
    if (first) fmt::print(to, "\nNot to be recommended:\n");
    first = false;
    fmt::print(to, "  {}: {}\n", variant.allocator.name, printable(remark));
  }
}

/// Where other work on the machine made wall time useless, processor time may still tell.
void write_hint(std::ostream &to, const Result &result) {
  const measure::Estimate wall = resolution(result, Quantity::Wall);
  const measure::Estimate cpu = resolution(result, Quantity::Cpu);
  constexpr double kBusy = 0.05;
  if (result.by != Quantity::Wall || wall.rounds == 0 || cpu.rounds == 0 || measure::width(wall) < kBusy ||
      measure::width(wall) < 2 * measure::width(cpu))
    return;
  fmt::print(
      to,
      "\nThe machine was busy: it tells wall times apart only by {:.0f} %, and CPU times by {:.0f} %. --by cpu says "
      "more here.\n",
      measure::width(wall) * 100, std::ceil(measure::width(cpu) * 100));
}

void write_against(std::ostream &to, const Against &against) {
  fmt::print(to, "\nAgainst the earlier result (ratios to the baseline, then and now):\n");
  if (!against.incomparable.empty())
    fmt::print(to, "  The machines differ: {}. Take the changes with that in mind.\n", printable(against.incomparable));
  for (const Change &change : against.changes) {
    const std::string_view words = change.difference == measure::Difference::None ? "no change that can be measured"
                                   : change.difference == measure::Difference::Unknown ? "too few rounds to say"
                                                                                       : "changed";
    fmt::print(to, "  {}: {} then, {} now: {}\n", change.name, change_cell(change.then.value),
               change_cell(change.now.value), words);
  }
  for (const std::string &name : against.missing) fmt::print(to, "  {}: only in one of the two results\n", name);
}

}  // namespace

std::vector<Quantity> quantities_shown(const Result &result) {
  std::vector<Quantity> all{result.by};
  for (const Quantity quantity : {Quantity::Throughput, Quantity::P99, Quantity::Wall, Quantity::Cpu, Quantity::PeakRss,
                                  Quantity::FinalRss, Quantity::Pss, Quantity::MinorFaults})
    if (quantity != result.by && is_measured(result, quantity)) all.push_back(quantity);
  return all;
}

std::string change_cell(double ratio) {
  if (!std::isfinite(ratio) || ratio <= 0) return "?";
  if (ratio >= 2 || ratio <= 0.2) return fmt::format("{:.2f}x", ratio);
  return fmt::format("{:+.1f} %", (ratio - 1) * 100);
}

std::string machine_words(const measure::Machine &machine) {
  std::string words = machine.kernel;
  if (!machine.cpu.empty()) words += fmt::format(" on {}", machine.cpu);
  words += fmt::format(", {} processor{}, {}, load {:.1f}", machine.processors, machine.processors == 1 ? "" : "s",
                       machine.libc, machine.load);
  if (!machine.governor.empty()) words += fmt::format(", governor {}", machine.governor);
  return words + fmt::format(", {}", machine.time);
}

std::string remark_on(const Variant &variant) {
  // The baseline is not recommended, it is there; of it only what is wrong with it is said.
  if (variant.allocator.name == measure::kBaseline && variant.ownership.state != Ownership::State::Crosses) return {};
  std::vector<std::string> parts;
  if (variant.ownership.state == Ownership::State::Crosses)
    parts.push_back(fmt::format("{} block{} crossed: {}", with_commas(variant.ownership.crossings),
                                variant.ownership.crossings == 1 ? "" : "s", variant.ownership.reason));
  if (!variant.failure.empty()) parts.push_back(fmt::format("the command {}", variant.failure));
  if (variant.service.state == Service::State::None)
    parts.push_back(fmt::format("XH117, it did not serve the program: {}", variant.service.reason));
  else if (variant.service.state == Service::State::Part)
    parts.push_back(fmt::format("it served only a part: {}", variant.service.reason));
  else if (variant.service.state == Service::State::Unknown && variant.failure.empty())
    parts.push_back(fmt::format("nobody knows whether it served the program: {}",
                                variant.service.reason.empty() ? "that was not looked at" : variant.service.reason));
  if (variant.ownership.state == Ownership::State::Unknown && parts.empty())
    parts.push_back(fmt::format("its blocks were not checked: {}", variant.ownership.reason.empty()
                                                                       ? "that was not asked for"
                                                                       : variant.ownership.reason));
  return fmt::format("{}", fmt::join(parts, "; "));
}

void write_compare_text(std::ostream &to, const Result &result, const std::optional<Against> &against) {
  const Answer answer = answer_of(result);
  fmt::print(to, "{}\n\n", printable(answer.sentence));
  std::vector<std::string> words;
  for (const std::string &word : result.command) words.push_back(shell_quoted(word));
  fmt::print(to, "{}: {} round{} in {:.0f} s, {}\n", printable_name(fmt::format("{}", fmt::join(words, " "))),
             with_commas(result.rounds()), result.rounds() == 1 ? "" : "s", result.took_seconds,
             result.stopped.empty() ? "and no more" : result.stopped);
  for (const measure::Machine &machine : result.machines) fmt::print(to, "{}\n", printable(machine_words(machine)));
  if (result.interrupted) fmt::print(to, "It was interrupted: these are the rounds that were whole by then.\n");
  fmt::print(to, "\n");
  write_table(to, rows_of(result));
  fmt::print(to, "\n  ---o--- interval (95 %) and median; | the baseline; = not told apart from the baseline\n");
  write_hint(to, result);
  write_remarks(to, result);
  if (against) write_against(to, *against);
  if (answer.state != Answer::State::Better) return;
  const measure::Allocator &best = result.variants[answer.best].allocator;
  fmt::print(to, "\nHow to use {} here:\n", best.name);
  for (const Adoption &adoption : adoptions(result, best)) {
    fmt::print(to, "\n  {}\n", adoption.where);
    for (const std::string &line : adoption.lines) fmt::print(to, "    {}\n", printable_name(line));
  }
}

}  // namespace crossheap::report
