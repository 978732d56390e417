// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The result as a comment on a change: the sentence, one table, the rest folded.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "base/text.h"
#include "report/compare_report.h"
#include "report/escaping.h"

namespace crossheap::report {

namespace {

using namespace compare;  // NOLINT(google-build-using-namespace): this file is about nothing else

std::string plain(std::string_view text) { return markdown_escaped(printable_name(text)); }

std::string cell_of(const Result &result, std::size_t index, Quantity quantity) {
  const Compared one = compared(result, index, quantity);
  if (one.value.rounds == 0) return "-";
  std::string cell = in_words(one.value.value, row_of(quantity).unit);
  if (one.ratio.rounds > 0)
    cell += fmt::format(", {} ({} to {}){}", change_cell(one.ratio.value), change_cell(one.ratio.interval.low),
                        change_cell(one.ratio.interval.high), one.difference == measure::Difference::None ? " =" : "");
  else if (one.ratio.value > 0)
    cell += fmt::format(", {}", change_cell(one.ratio.value));
  return cell;
}

}  // namespace

void write_compare_markdown(std::ostream &to, const Result &result, const std::optional<Against> &against) {
  const Answer answer = answer_of(result);
  const std::vector<Quantity> shown = quantities_shown(result);
  fmt::print(to, "## crossheap compare\n\n{}\n\n| allocator |", plain(answer.sentence));
  for (const Quantity quantity : shown) fmt::print(to, " {} |", row_of(quantity).title);
  fmt::print(to, "\n|---|");
  for (std::size_t i = 0; i < shown.size(); ++i) fmt::print(to, "---|");
  fmt::print(to, "\n");
  for (std::size_t i = 0; i < result.variants.size(); ++i) {
    fmt::print(to, "| {} {} |", plain(result.variants[i].allocator.name), plain(result.variants[i].allocator.version));
    for (const Quantity quantity : shown) fmt::print(to, " {} |", cell_of(result, i, quantity));
    fmt::print(to, "\n");
    if (i != 0) continue;
    fmt::print(to, "| {} again (A/A) |", plain(result.variants[i].allocator.name));
    for (const Quantity quantity : shown) {
      const measure::Estimate same = resolution(result, quantity);
      if (same.rounds == 0)
        fmt::print(to, " |");
      else
        fmt::print(to, " {} ({} to {}) |", change_cell(same.value), change_cell(same.interval.low),
                   change_cell(same.interval.high));
    }
    fmt::print(to, "\n");
  }
  fmt::print(to, "\n`=`: not told apart from the baseline. {} rounds, {}.\n", with_commas(result.rounds()),
             result.stopped.empty() ? "and no more" : result.stopped);
  for (const measure::Machine &machine : result.machines) fmt::print(to, "{}\n", plain(machine_words(machine)));
  bool first = true;
  for (const Variant &variant : result.variants)
    if (const std::string remark = remark_on(variant); !remark.empty()) {
      if (first) fmt::print(to, "\nNot to be recommended:\n\n");
      first = false;
      fmt::print(to, "- {}: {}\n", plain(variant.allocator.name), plain(remark));
    }
  if (against) {
    fmt::print(to, "\n| | then | now | |\n|---|---|---|---|\n");
    for (const Change &change : against->changes)
      fmt::print(to, "| {} | {} | {} | {} |\n", plain(change.name), change_cell(change.then.value),
                 change_cell(change.now.value), measure::name_of(change.difference));
  }
  if (answer.state != Answer::State::Better) return;
  fmt::print(to, "\n<details><summary>How to use {} here</summary>\n",
             plain(result.variants[answer.best].allocator.name));
  for (const Adoption &adoption : adoptions(result, result.variants[answer.best].allocator)) {
    fmt::print(to, "\n{}:\n\n", plain(adoption.where));
    for (const std::string &line : adoption.lines) fmt::print(to, "    {}\n", printable_name(line));
  }
  fmt::print(to, "\n</details>\n");
}

}  // namespace crossheap::report
