// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/expectation.h"

#include <fmt/format.h>

#include <istream>
#include <ostream>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::matrix {

namespace {

constexpr std::string_view kJoint = " | ";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string joined(const std::set<std::string> &outcomes) {
  std::string text;
  for (const std::string &outcome : outcomes) text += (text.empty() ? "" : std::string(kJoint)) + outcome;
  return text;
}

// What was seen of a load and of a case, as an expectation.
Case case_of(const Load &load) { return {load.host, load.plugin, load.mode, "load", "default"}; }

std::set<std::string> seen(const CaseResult &result) {
  std::set<std::string> outcomes{words(result.outcome.ending)};
  if (result.survived > 0) outcomes.emplace(kind(Survived{}));
  return outcomes;
}

Expectations seen(const Results &results) {
  Expectations all;
  for (const Load &load : results.loads) all[case_of(load)] = {words(load.by_default.ending)};
  for (const CaseResult &result : results.cases) all[result.of] = seen(result);
  return all;
}

}  // namespace

Expectations read_expectations(std::istream &in, std::string_view object) {
  Expectations expectations;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string_view text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (text.empty()) continue;
    const std::string where = fmt::format("{}:{}", object, number);
    const std::size_t gap = text.find_first_of(" \t");
    if (gap == std::string_view::npos)
      throw Error(Blame::Usage, where, "a case without an outcome",
                  "write HOST/PLUGIN/MODE/SCENARIO/DIRECTION OUTCOME");
    std::set<std::string> &outcomes = expectations[parse_case(text.substr(0, gap))];
    for (std::string_view outcome : split(text.substr(gap), '|'))
      outcomes.insert(words(parse_ending(trimmed(outcome), where)));
  }
  return expectations;
}

void write_expectations(std::ostream &out, const Results &results) {
  out << "# What each case ended with; made by crossheap matrix --write-expect.\n";
  for (const auto &[one, outcomes] : seen(results)) out << name_of(one) << "  " << joined(outcomes) << "\n";
}

std::vector<Disagreement> compare(const Results &results, const Expectations &expectations) {
  std::vector<Disagreement> disagreements;
  const Expectations all = seen(results);
  for (const auto &[one, outcomes] : all) {
    const auto expected = expectations.find(one);
    if (expected == expectations.end()) {
      disagreements.push_back({one, "", joined(outcomes)});
      continue;
    }
    for (const std::string &outcome : outcomes)
      if (!expected->second.contains(outcome)) {
        disagreements.push_back({one, joined(expected->second), joined(outcomes)});
        break;
      }
  }
  for (const auto &[one, outcomes] : expectations)
    if (!all.contains(one)) disagreements.push_back({one, joined(outcomes), ""});
  return disagreements;
}

}  // namespace crossheap::matrix
