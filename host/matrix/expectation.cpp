// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two vocabularies, what is decided and how exactly it ended. The words of a line say which one counts, and a result is
// put into that one before they are compared:
//
//     the line     crosses                the case crosses and crashed: "crosses", as expected
//     the line     crashed SIGSEGV        the same result: "crashed SIGSEGV", as expected
//     the line     safe                   the same result: "crosses", a disagreement
//
// A case that was played thirty times may have ended in several ways. In the decided words one that is expected is
// enough; a survival counts as "safe" only if it is no rare luck (kHardlyEver).
#include "matrix/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>
#include <ostream>
#include <set>
#include <variant>

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

constexpr std::string_view kSafe = "safe";
constexpr std::string_view kCrosses = "crosses";
constexpr std::string_view kUnknown = "unknown";
constexpr std::string_view kFails = "fails: ";
constexpr std::string_view kOpens = "opens";
constexpr std::string_view kRefused = "refused";

// A case that survives once in more than this many runs is not safe.
constexpr std::uint32_t kHardlyEver = 10;

using Words = std::set<std::string>;

Case case_of(const Load &load) { return {load.host, load.plugin, load.mode, "load", "default"}; }

// One of each kind but survival, which has a word of its own.
constexpr std::array kFailures{Ending(WrongContents{}),    Ending(Aborted{}),   Ending(Crashed{}),
                               Ending(RefusedToLoad{}),    Ending(Hung{}),      Ending(LeftByExit{}),
                               Ending(RefusedBySandbox{}), Ending(NotStarted{})};
static_assert(kFailures.size() + 1 == std::variant_size_v<Ending>);

Words decided(const Load &load) {
  const Ending &ending = load.by_default.ending;
  if (std::holds_alternative<Survived>(ending)) return {std::string(kOpens)};
  if (std::holds_alternative<RefusedToLoad>(ending)) return {std::string(kRefused)};
  return {fmt::format("{}{}", kFails, kind(ending))};
}

Words decided(const CaseResult &result) {
  if (result.crossing == Crossing::Yes) return {std::string(kCrosses)};
  if (result.crossing == Crossing::Unknown) return {std::string(kUnknown)};
  Words all;
  if (result.survived > 0 && result.survived * kHardlyEver >= result.runs) all.emplace(kSafe);
  for (const Ending &failure : kFailures) {
    // A run that did not start shows nothing of the case, where others did.
    if (std::holds_alternative<NotStarted>(failure) && !all.empty()) continue;
    if ((result.endings & only(failure)) != 0) all.insert(fmt::format("{}{}", kFails, kind(failure)));
  }
  return all;
}

Words exact(const Load &load) { return {name_of(load.by_default.ending)}; }

Words exact(const CaseResult &result) {
  Words all{name_of(result.outcome.ending)};
  if (result.survived > 0) all.emplace(kind(Survived{}));
  return all;
}

bool is_decided(std::string_view word) {
  return word == kSafe || word == kCrosses || word == kUnknown || word == kOpens || word == kRefused ||
         word.starts_with(kFails);
}

// Throws Error where the word is none that a file may hold.
std::string checked(std::string_view word, std::string_view where) {
  if (!is_decided(word)) return name_of(parse_ending(word, where));
  const bool fails = word.starts_with(kFails);
  if (fails && std::none_of(kFailures.begin(), kFailures.end(),
                            [&](const Ending &ending) { return kind(ending) == word.substr(kFails.size()); }))
    throw Error(Blame::Usage, where, fmt::format("'{}' names no kind of ending", word),
                "use for instance fails: aborted");
  return std::string(word);
}

// What of `one` is not among the words that are expected, in the vocabulary of those words; empty where all is.
template <typename Seen>
Words unexpected(const Seen &one, const Words &expected) {
  const bool by_decision = std::any_of(expected.begin(), expected.end(), is_decided);
  Words seen = by_decision ? decided(one) : exact(one);
  // A case that was played again because it disagreed is as expected when it once was.
  if (std::any_of(seen.begin(), seen.end(), [&](const std::string &word) { return expected.contains(word); })) {
    if (by_decision) return {};
    std::erase_if(seen, [&](const std::string &word) { return expected.contains(word); });
  }
  return seen;
}

template <typename Seen>
void compare_one(const Case &of, const Seen &one, const Expectations &expectations,
                 std::vector<Disagreement> &disagreements) {
  const auto expected = expectations.find(of);
  if (expected == expectations.end()) {
    disagreements.push_back({of, "", joined(decided(one))});
  } else if (const Words seen = unexpected(one, expected->second); !seen.empty()) {
    disagreements.push_back({of, joined(expected->second), joined(seen)});
  }
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
    for (std::string_view outcome : split(text.substr(gap), '|')) outcomes.insert(checked(trimmed(outcome), where));
  }
  return expectations;
}

void write_expectations(std::ostream &out, const Results &results, Pinned what) {
  const bool exactly = what == Pinned::Exact;
  std::map<Case, Words> all;
  for (const Load &load : results.loads) all[case_of(load)] = exactly ? exact(load) : decided(load);
  for (const CaseResult &result : results.cases) all[result.of] = exactly ? exact(result) : decided(result);
  out << "# What each case " << (exactly ? "ended with" : "is") << "; made by crossheap matrix --write-expect"
      << (exactly ? " --exact" : "") << ".\n";
  for (const auto &[one, seen] : all) out << name_of(one) << "  " << joined(seen) << "\n";
}

bool may_be_luck(const CaseResult &result) { return result.crossing == Crossing::No && !safe(result); }

bool disagrees(const CaseResult &result, const Expectations &expectations) {
  const auto expected = expectations.find(result.of);
  return expected == expectations.end() || !unexpected(result, expected->second).empty();
}

std::vector<Disagreement> compare(const Results &results, const Expectations &expectations) {
  std::vector<Disagreement> disagreements;
  std::set<Case> seen;
  for (const Load &load : results.loads) {
    compare_one(case_of(load), load, expectations, disagreements);
    seen.insert(case_of(load));
  }
  for (const CaseResult &result : results.cases) {
    compare_one(result.of, result, expectations, disagreements);
    seen.insert(result.of);
  }
  for (const auto &[one, outcomes] : expectations)
    if (!seen.contains(one)) disagreements.push_back({one, joined(outcomes), ""});
  std::sort(disagreements.begin(), disagreements.end(),
            [](const Disagreement &a, const Disagreement &b) { return a.of < b.of; });
  return disagreements;
}

}  // namespace crossheap::matrix
