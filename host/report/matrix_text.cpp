// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The answer first, then where it fails, then the table, then what is surprising.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "report/matrix_report.h"

namespace crossheap::report {

namespace {

using namespace matrix;  // NOLINT(google-build-using-namespace): this file is about nothing else

std::string share(const Count &count) {
  if (count.cases == 0) return "-";
  if (count.safe == count.cases) return "all";
  const std::uint64_t tenths = count.safe * 1000 / count.cases;  // rounded down
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

std::string of(const Count &count) {
  return fmt::format("{} of {}", with_commas(count.safe), with_commas(count.cases));
}

// One letter a mode in the table.
char letter_of(std::string_view name) {
  const LoadMode *mode = find_load_mode(name);
  return mode == nullptr ? '?' : mode->letter;
}

// Whether a whole build is left out, and not one scenario of a plugin ("ada: language-release").
bool is_of_this_machine(const LeftOut &one) { return one.what.find(": ") == std::string::npos; }

void write_head(std::ostream &out, const Results &results) {
  std::uint64_t runs = 0;
  for (const CaseResult &result : results.cases) runs += result.runs;
  fmt::print(out, "The reference experiment: {} hosts x {} plugins x {} load modes, {} scenarios\n",
             results.hosts.size(), results.plugins.size(), results.modes.size(), results.scenarios.size());
  fmt::print(out, "{} cases{}, every one in a process of its own, in {:.1f} s ({} a second)\n",
             with_commas(results.cases.size()), results.repeat > 1 ? fmt::format(" x {} runs", results.repeat) : "",
             results.took.count(),
             with_commas(results.took.count() > 0
                             ? static_cast<std::uint64_t>(static_cast<double>(runs) / results.took.count())
                             : 0));
  if (results.shard.count > 1) fmt::print(out, "This is shard {} of {}.\n", results.shard.index, results.shard.count);
  if (results.interrupted)
    fmt::print(out, "INTERRUPTED: {} of {} cases were run; what follows speaks of those only.\n",
               with_commas(results.cases.size()), with_commas(results.planned));
  if (const auto absent = std::count_if(results.left_out.begin(), results.left_out.end(), is_of_this_machine);
      absent > 0)
    fmt::print(
        out,
        "Some builds take no part on this machine; \"What takes no part\" below says which, and what adds them.\n");
  for (const std::string &sentence : sandbox::what_is_missing(results.protections)) fmt::print(out, "{}\n", sentence);
}

void write_answer(std::ostream &out, const Summary &summary) {
  fmt::print(out, "\nDoes ownership of a block pass safely?\n\n");
  for (const ContractSummary &contract : summary.contracts) {
    fmt::print(out, "  ({}) {:<24} {:>8}   {} cases\n", contract.contract, contract_words(contract.contract),
               share(contract.all), of(contract.all));
    if (contract.contract != 'a') continue;
    if (contract.not_crossing.cases != 0)
      fmt::print(out, "        on one heap          {:>8}   {}\n", share(contract.not_crossing),
                 of(contract.not_crossing));
    if (contract.crossing.cases != 0)
      fmt::print(out, "        from heap to heap    {:>8}   {}\n", share(contract.crossing), of(contract.crossing));
  }
}

void write_failures(std::ostream &out, const Results &results, const Summary &summary) {
  const auto plain =
      std::find_if(summary.contracts.begin(), summary.contracts.end(), [](const auto &c) { return c.contract == 'a'; });
  if (plain == summary.contracts.end() || plain->all.safe == plain->all.cases) return;
  std::vector<std::string> endings;
  for (const auto &[name, count] : plain->endings)
    if (name != "survived") endings.push_back(fmt::format("{} {}", with_commas(count), name));
  fmt::print(out, "\nHow the {} cases of (a) that are not safe ended: {}.\n",
             with_commas(plain->all.cases - plain->all.safe), enumeration(endings));
  fmt::print(out, "\n(a) by load mode\n\n");
  for (const LoadMode &mode : results.modes)
    if (const auto count = plain->by_mode.find(mode.name); count != plain->by_mode.end())
      fmt::print(out, "  {} {:<22} {:>8}   {}\n", letter_of(mode.name), mode.name, share(count->second),
                 of(count->second));
}

void write_table(std::ostream &out, const Results &results, const Summary &summary) {
  if (summary.unsafe_modes.empty()) return;
  fmt::print(out,
             "\n(a) by host and plugin: the load modes, as lettered above, in which at least one way of passing "
             "ownership fails\n\n");
  std::size_t host_width = 4;
  for (const HostBuild &host : results.hosts) host_width = std::max(host_width, host.name.size());
  // Plugins as numbered columns: their names are too long for a terminal's width.
  fmt::print(out, "  {:<{}}", "", host_width);
  for (std::size_t i = 0; i < results.plugins.size(); ++i) fmt::print(out, " {:>{}}", i + 1, results.modes.size());
  fmt::print(out, "\n");
  for (const HostBuild &host : results.hosts) {
    fmt::print(out, "  {:<{}}", host.name, host_width);
    for (const PluginBuild &plugin : results.plugins) {
      std::string cell;
      const auto row = summary.unsafe_modes.find(host.name);
      const auto modes =
          row == summary.unsafe_modes.end() ? decltype(row->second.begin()){} : row->second.find(plugin.name);
      const bool any = row != summary.unsafe_modes.end() && modes != row->second.end();
      for (const LoadMode &mode : results.modes)
        cell += any && std::find(modes->second.begin(), modes->second.end(), mode.name) != modes->second.end()
                    ? letter_of(mode.name)
                    : '.';
      fmt::print(out, " {}", cell);
    }
    fmt::print(out, "\n");
  }
  fmt::print(out, "\n");
  for (std::size_t i = 0; i < results.plugins.size(); ++i)
    fmt::print(out, "  {:>2}  {:<26} {}\n", i + 1, results.plugins[i].name, results.plugins[i].about);
}

void write_surprises(std::ostream &out, const Summary &summary) {
  if (summary.surprises.empty()) return;
  fmt::print(out, "\nWhat is surprising\n\n");
  for (const Surprise &surprise : summary.surprises) {
    const bool detail = surprise.sentence.starts_with("  ");
    fmt::print(out, "  {} {}\n", detail ? " " : "*", std::string_view(surprise.sentence).substr(detail ? 2 : 0));
    if (!surprise.example.empty())
      fmt::print(out, "      crossheap matrix --explain {}\n", shell_quoted(surprise.example));
  }
}

void write_left_out(std::ostream &out, const Results &results) {
  if (results.left_out.empty()) return;
  fmt::print(out, "\nWhat takes no part\n\n");
  for (const LeftOut &one : results.left_out) fmt::print(out, "  {:<26} {}\n", one.what, one.reason);
}

void write_broken(std::ostream &out, const Results &results) {
  constexpr std::size_t kShown = 10;
  std::vector<const CaseResult *> broken;
  for (const CaseResult &result : results.cases)
    if (result.contract != 'a' && !safe(result)) broken.push_back(&result);
  if (broken.empty()) return;
  fmt::print(out, "\nContracts (b), (c) and (d) must hold and do not in {} cases:\n\n", with_commas(broken.size()));
  for (std::size_t i = 0; i < std::min(broken.size(), kShown); ++i)
    fmt::print(out, "  {}: {} {} {}\n", name_of(broken[i]->of), in_words(*broken[i]), broken[i]->outcome.during,
               broken[i]->outcome.message);
  if (broken.size() > kShown)
    fmt::print(out, "  and {} more (--format json has all)\n", with_commas(broken.size() - kShown));
}

void write_some(std::ostream &out, const std::vector<std::string> &lines) {
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(lines.size(), kShown); ++i) fmt::print(out, "  {}\n", lines[i]);
  if (lines.size() > kShown)
    fmt::print(out, "  and {} more (--format json has all)\n", with_commas(lines.size() - kShown));
}

void write_agreement(std::ostream &out, const Results &results, const Agreement &agreement) {
  const std::uint64_t luck = agreement.by_luck.size();
  fmt::print(out, "\nPlayed again under the agent, at depth {}, in {:.1f} s\n\n", name_of(results.tracing->depth),
             results.tracing_took.count());
  fmt::print(out, "  {:>9}  survive, and no crossing is reported\n", with_commas(agreement.good));
  fmt::print(out, "  {:>9}  fail, and a crossing is reported\n", with_commas(agreement.reported));
  fmt::print(out, "  {:>9}  survive by luck: a crossing is reported\n", with_commas(luck));
  fmt::print(out, "  {:>9}  fail for another cause: no crossing is reported\n", with_commas(agreement.other_cause));
  for (const auto &[reason, cases] : results.untraced)
    fmt::print(out, "  {:>9}  not played: {}\n", with_commas(cases), reason);
  if (!agreement.beyond_bindings.empty())
    fmt::print(out, "  Among these are {} with a crossing that the bindings cannot show, as {}.\n",
               with_commas(agreement.beyond_bindings.size()), agreement.beyond_bindings.front());
  if (results.tracing->route)
    fmt::print(out, "\nWith each block handed to its owner (--on-crossing route), {} of the {} that fail survive.\n",
               with_commas(agreement.routed_survived), with_commas(agreement.routed));
  if (luck != 0) {
    fmt::print(out, "\nThese survive by luck:\n\n");
    write_some(out, agreement.by_luck);
  }
  if (agreement.contradictions.empty()) {
    fmt::print(out, "\nThe agent contradicts neither the bindings nor the outcomes in any case.\n");
    return;
  }
  fmt::print(out, "\nThe agent is contradicted in {} case{}:\n\n", with_commas(agreement.contradictions.size()),
             agreement.contradictions.size() == 1 ? "" : "s");
  std::vector<std::string> lines;
  for (const Contradiction &one : agreement.contradictions) lines.push_back(fmt::format("{}: {}", one.of, one.words));
  write_some(out, lines);
}

}  // namespace

void write_matrix_text(std::ostream &out, const Results &results, const Summary &summary) {
  write_head(out, results);
  write_answer(out, summary);
  write_failures(out, results, summary);
  write_table(out, results, summary);
  write_surprises(out, summary);
  write_left_out(out, results);
  write_broken(out, results);
  if (summary.agreement) write_agreement(out, results, *summary.agreement);
}

}  // namespace crossheap::report
