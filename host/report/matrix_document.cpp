// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The experiment as findings. A case is too small to be one: there are very many, and those of one host, plugin and
// mode fail together. So a finding is all the cases of one load and one contract whose block crosses. What fails
// although no block crosses is no hazard that the experiment could name, and so a problem to look at.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "report/matrix_report.h"

namespace crossheap::report {

namespace {

using namespace matrix;  // NOLINT(google-build-using-namespace): this file is about nothing else

constexpr std::size_t kExamples = 5;

struct Cases {
  std::uint64_t failing = 0;
  std::uint64_t lucky = 0;
  std::map<std::string, std::uint64_t> endings;
  std::vector<std::string> examples;  // names of cases
};

std::string load_of(const Case &one) { return fmt::format("{}/{}/{}", one.host, one.plugin, one.mode); }

std::string plugin_file(const Results &results, const std::string &name) {
  const auto plugin =
      std::find_if(results.plugins.begin(), results.plugins.end(), [&](const auto &one) { return one.name == name; });
  return plugin == results.plugins.end() || plugin->file.empty() ? name : plugin->file.string();
}

std::string cases(std::uint64_t count) { return fmt::format("{} case{}", with_commas(count), count == 1 ? "" : "s"); }

Finding finding_of(const Results &results, const Case &first, char contract, const Cases &found) {
  Finding finding;
  finding.hazard = HazardId::CrossingFree;
  finding.level = contract == 'a' ? Level::Warning : Level::Error;
  finding.subject = load_of(first);
  finding.summary = fmt::format("plugin {} in host {}, loaded in mode {}: a block crosses under contract ({}), {}",
                                first.plugin, first.host, first.mode, contract, contract_words(contract));
  finding.count = found.failing + found.lucky;
  for (const auto &[ending, count] : found.endings)
    finding.evidence.push_back(fmt::format("{}: {}", cases(count), ending));
  if (found.lucky > 0) finding.evidence.push_back(fmt::format("{}: survived by luck", cases(found.lucky)));
  for (const std::string &example : found.examples) finding.evidence.push_back("crossheap matrix --explain " + example);
  Place place;
  place.object = plugin_file(results, first.plugin);
  finding.places.push_back(std::move(place));
  return finding;
}

}  // namespace

Document document_of(const Results &results) {
  Document document;
  document.verb = "matrix";
  std::map<std::pair<std::string, char>, std::pair<Case, Cases>> crossing;
  std::map<std::string, std::pair<std::uint64_t, std::string>> unexplained;
  for (const Load &load : results.loads)
    if (load.opened) document.subjects.push_back(fmt::format("{}/{}/{}", load.host, load.plugin, load.mode));
  for (const CaseResult &result : results.cases) {
    const bool fails = !safe(result);
    if (result.crossing == Crossing::Yes || (fails && result.crossing == Crossing::Unknown)) {
      auto &[first, found] = crossing[{load_of(result.of), result.contract}];
      if (found.failing + found.lucky == 0) first = result.of;
      ++(fails ? found.failing : found.lucky);
      if (fails) ++found.endings[name_of(result.outcome.ending)];
      if (found.examples.size() < kExamples) found.examples.push_back(name_of(result.of));
    } else if (fails) {
      auto &[count, example] = unexplained[load_of(result.of)];
      if (count++ == 0) example = name_of(result.of);
    }
  }
  for (const auto &[key, one] : crossing)
    document.findings.push_back(finding_of(results, one.first, key.second, one.second));
  for (const auto &[load, one] : unexplained)
    document.problems.push_back({load, fmt::format("fails in {} although no block crosses", cases(one.first)),
                                 "look at one: crossheap matrix --explain " + one.second});
  return document;
}

}  // namespace crossheap::report
