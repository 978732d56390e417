// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Counting is simple; the surprises are chosen. Each is a comparison of cases that a reader would expect to agree:
// refused by default and opened with more static TLS, preloaded and ignored, safe across the boundary and unsafe inside
// one plugin, crossing and surviving, failing without a crossing, lazy and immediate. Cases that the same sentence
// tells are one group, with one of them as an example for --explain.
#include "matrix/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"

namespace crossheap::matrix {

namespace {

constexpr std::size_t kGroupsShown = 7;

std::string cases_text(std::uint64_t count) {
  return fmt::format("{} case{}", with_commas(count), count == 1 ? "" : "s");
}

// Cases that are told together, because the same sentence tells them; most frequent first.
struct Group {
  std::string sentence;
  std::uint64_t count = 0;
  std::string example;
};

template <typename Predicate, typename SentenceOf>
std::vector<Group> group(const std::vector<CaseResult> &cases, Predicate wanted, SentenceOf sentence_of) {
  std::map<std::string, Group> groups;
  for (const CaseResult &result : cases) {
    if (!wanted(result)) continue;
    std::string sentence = sentence_of(result);
    auto [place, added] = groups.try_emplace(sentence);
    if (added) place->second = {std::move(sentence), 0, name_of(result.of)};
    ++place->second.count;
  }
  std::vector<Group> sorted;
  sorted.reserve(groups.size());
  for (auto &[sentence, one] : groups) sorted.push_back(std::move(one));
  std::stable_sort(sorted.begin(), sorted.end(), [](const Group &a, const Group &b) { return a.count > b.count; });
  return sorted;
}

void tell_groups(std::vector<Surprise> &surprises, std::string_view heading, const std::vector<Group> &groups) {
  std::uint64_t total = 0;
  for (const Group &one : groups) total += one.count;
  if (total == 0) return;
  surprises.push_back({fmt::format("{}: {}.", heading, cases_text(total)), {}});
  for (std::size_t i = 0; i < std::min(groups.size(), kGroupsShown); ++i)
    surprises.push_back({fmt::format("  {} ({})", groups[i].sentence, cases_text(groups[i].count)), groups[i].example});
  if (groups.size() > kGroupsShown)
    surprises.push_back({fmt::format("  and {} more kinds", groups.size() - kGroupsShown), {}});
}

void tell_refusals(std::vector<Surprise> &surprises, const Results &results, const Summary &summary) {
  if (summary.refused_by_default == 0) return;
  std::set<std::string> plugins;
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;
  for (const Load &load : results.loads) {
    if (survived(load.by_default)) continue;
    plugins.insert(load.plugin);
    if (load.static_tls_raised == 0) continue;
    least = std::min(least, load.static_tls_raised);
    most = std::max(most, load.static_tls_raised);
  }
  const std::vector<std::string> names(plugins.begin(), plugins.end());
  surprises.push_back(
      {fmt::format("{} of {} loads are refused with the loader's default settings: {}.",
                   with_commas(summary.refused_by_default), with_commas(summary.loads), enumeration(names)),
       {}});
  for (const Load &load : results.loads)
    if (!survived(load.by_default)) {
      const bool by_loader = std::holds_alternative<RefusedToLoad>(load.by_default.ending);
      surprises.push_back(
          {by_loader ? fmt::format("  the loader says: {}", load.by_default.message)
                     : fmt::format("  {}: {} {}", load.plugin, name_of(load.by_default.ending), load.by_default.during),
           {}});
      break;
    }
  if (most != 0)
    surprises.push_back(
        {fmt::format("  looked further with glibc.rtld.optional_static_tls raised by what each needs, {} to {} bytes: "
                     "{} more loads",
                     with_commas(least), with_commas(most), with_commas(summary.opened_with_more_static_tls)),
         {}});
}

void tell_ignored_preloads(std::vector<Surprise> &surprises, const Results &results) {
  std::set<std::string> told;
  for (const Load &load : results.loads) {
    if (load.loader_warning.empty() || !told.insert(load.host).second) continue;
    const auto bound = load.instances.find("host malloc");
    surprises.push_back({fmt::format("Host {}: the loader only warns and goes on; malloc is {}'s.", load.host,
                                     bound == load.instances.end() ? "?" : bound->second),
                         {}});
    surprises.push_back({fmt::format("  it says: {}", load.loader_warning), {}});
  }
}

// The pairs of cases in which the scenario survives one way and not the other, in one load.
void tell_inside_only(std::vector<Surprise> &surprises, const Results &results, std::string_view scenario,
                      std::string_view words) {
  std::map<std::tuple<std::string, std::string, std::string>, const CaseResult *> to_host;
  for (const CaseResult &result : results.cases)
    if (result.of.scenario == scenario && result.of.direction == "to-host" && safe(result))
      to_host[{result.of.host, result.of.plugin, result.of.mode}] = &result;
  std::uint64_t count = 0;
  std::string example;
  for (const CaseResult &result : results.cases) {
    if (result.of.scenario != scenario || result.of.direction != "inside" || safe(result)) continue;
    if (to_host.find({result.of.host, result.of.plugin, result.of.mode}) == to_host.end()) continue;
    ++count;
    if (example.empty()) example = name_of(result.of);
  }
  if (count != 0) surprises.push_back({fmt::format("{} ({})", words, cases_text(count)), example});
}

void tell_lazy(std::vector<Surprise> &surprises, const Results &results) {
  std::map<Case, const CaseResult *> at_once;
  for (const CaseResult &result : results.cases) at_once[result.of] = &result;
  std::uint64_t pairs = 0;
  std::uint64_t differing = 0;
  std::uint64_t differing_by_luck = 0;
  std::string example;
  for (const CaseResult &result : results.cases) {
    const LoadMode *mode = find_load_mode(result.of.mode);
    const LoadMode *immediate = mode == nullptr ? nullptr : immediate_form(*mode);
    if (immediate == nullptr) continue;
    Case other = result.of;
    other.mode = immediate->name;
    const auto found = at_once.find(other);
    if (found == at_once.end()) continue;
    ++pairs;
    if (safe(*found->second) == safe(result)) continue;
    ++differing;
    // Where the block crosses, survival is luck, and luck differs from run to run.
    if (result.crossing != Crossing::No && found->second->crossing != Crossing::No)
      ++differing_by_luck;
    else if (example.empty())
      example = name_of(result.of);
  }
  if (pairs == 0) return;
  std::string sentence = fmt::format("Lazy binding was as safe as immediate binding in {} of {} pairs of cases",
                                     with_commas(pairs - differing), with_commas(pairs));
  if (differing_by_luck != 0)
    sentence += fmt::format("; in {} the block crosses and luck differed", with_commas(differing_by_luck));
  surprises.push_back({sentence + ".", example});
}

}  // namespace

Summary summarise(const Results &results) {
  Summary summary;
  summary.loads = results.loads.size();
  for (const Load &load : results.loads) {
    if (!survived(load.by_default)) ++summary.refused_by_default;
    if (load.static_tls_raised != 0 && load.opened) ++summary.opened_with_more_static_tls;
    if (!load.opened) ++summary.refused;
  }
  std::map<char, ContractSummary> contracts;
  for (const CaseResult &result : results.cases) {
    ContractSummary &contract = contracts[result.contract];
    contract.contract = result.contract;
    contract.all.add(result);
    if (result.crossing == Crossing::Yes) contract.crossing.add(result);
    if (result.crossing == Crossing::No) contract.not_crossing.add(result);
    contract.by_mode[result.of.mode].add(result);
    ++contract.endings[std::string(kind(result.outcome.ending))];
    if (result.contract == 'a' && !safe(result)) {
      auto &modes = summary.unsafe_modes[result.of.host][result.of.plugin];
      if (std::find(modes.begin(), modes.end(), result.of.mode) == modes.end()) modes.push_back(result.of.mode);
    }
  }
  for (auto &[letter, contract] : contracts) summary.contracts.push_back(std::move(contract));

  tell_refusals(summary.surprises, results, summary);
  tell_ignored_preloads(summary.surprises, results);
  tell_inside_only(summary.surprises, results, "strdup",
                   "strdup in the plugin and free in the host is safe where strdup and free both inside the plugin is "
                   "not: libc's strdup calls the "
                   "process's malloc, the plugin's free is libc's own");
  tell_groups(summary.surprises, "The block crosses and the case survives all the same, by luck",
              group(
                  results.cases, [](const CaseResult &r) { return r.crossing == Crossing::Yes && safe(r); },
                  [](const CaseResult &r) { return fmt::format("in mode {}", r.of.mode); }));
  tell_groups(summary.surprises, "No block crosses and the case fails all the same",
              group(
                  results.cases, [](const CaseResult &r) { return r.crossing == Crossing::No && !safe(r); },
                  [&](const CaseResult &r) {
                    return fmt::format("{}, {}: {}", r.of.scenario, kind(r.outcome.ending),
                                       results.scenarios.at(r.of.scenario).sentence);
                  }));
  tell_lazy(summary.surprises, results);
  if (results.tracing) summary.agreement = agreement_of(results);
  return summary;
}

int exit_status(const Results &results) {
  const bool broken = std::any_of(results.cases.begin(), results.cases.end(),
                                  [](const CaseResult &result) { return result.contract != 'a' && !safe(result); });
  const bool contradicted = std::any_of(results.cases.begin(), results.cases.end(), [](const CaseResult &result) {
    return result.traced && !contradiction_in(result).empty();
  });
  const bool unfit =
      std::any_of(results.left_out.begin(), results.left_out.end(), [](const LeftOut &one) { return one.is_failure; });
  return broken || contradicted || unfit ? 1 : 0;
}

}  // namespace crossheap::matrix
