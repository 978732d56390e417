// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/expectation.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <istream>
#include <ostream>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::check {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The verdict and the hazards in one form; "" where it is none.
std::string normal_form(std::string_view text) {
  std::string_view verdict = text;
  std::set<std::string> ids;
  // A verdict may have several words; hazards follow it.
  for (std::size_t space = verdict.rfind(' '); space != std::string_view::npos; space = verdict.rfind(' ')) {
    const auto id = find_hazard_id(verdict.substr(space + 1));
    if (!id) break;
    ids.insert(name_of(*id));
    verdict = trimmed(verdict.substr(0, space));
  }
  if (!find_verdict(verdict)) return {};
  std::string normal(verdict);
  for (const std::string &id : ids) normal += " " + id;
  return normal;
}

}  // namespace

Expectations read_expectations(std::istream &in, std::string_view object) {
  Expectations expectations;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    const std::string_view line = trimmed(text);
    if (line.empty() || line.starts_with('#')) continue;
    const auto fail = [&](std::string_view reason) {
      throw Error(Blame::Usage, fmt::format("{}:{}", object, number), reason,
                  "make the file anew with --write-expect FILE");
    };
    const std::size_t space = line.find_first_of(" \t");
    const std::string cell(line.substr(0, space));
    if (space == std::string_view::npos || std::count(cell.begin(), cell.end(), '/') != 2)
      fail("is not of the form 'PROFILE/MODE/ALLOCATOR  VERDICT'");
    const std::string verdict = normal_form(trimmed(line.substr(space)));
    if (verdict.empty())
      fail(
          fmt::format("'{}' is no verdict: use safe, unsafe, not opened, host fails alone or not tried, and the ids "
                      "of hazards behind it",
                      printable_name(trimmed(line.substr(space)))));
    if (!expectations.emplace(cell, verdict).second) fail(fmt::format("{} stands there twice", printable_name(cell)));
  }
  if (in.bad()) throw Error(Blame::Work, object, "cannot be read to its end");
  return expectations;
}

Expectations expectations_of(const Check &check) {
  Expectations expectations;
  for (const Cell &cell : check.cells) {
    std::set<std::string> ids;
    for (const std::size_t index : cell.findings)
      if (check.findings[index].finding.level != Level::Note) ids.insert(name_of(check.findings[index].finding.hazard));
    std::string words(name_of(cell.verdict));
    for (const std::string &id : ids) words += " " + id;
    expectations.emplace(fmt::format("{}/{}/{}", check.profiles[cell.profile].profile.name, cell.mode->name,
                                     check.allocators[cell.allocator].name),
                         words);
  }
  return expectations;
}

void write_expectations(std::ostream &out, const Check &check) {
  fmt::print(out, "# crossheap check {}: PROFILE/MODE/ALLOCATOR  VERDICT and hazards\n",
             printable_name(std::filesystem::path(check.plugin).filename().string()));
  const Expectations expectations = expectations_of(check);
  std::size_t width = 0;
  for (const auto &[cell, words] : expectations) width = std::max(width, cell.size());
  for (const auto &[cell, words] : expectations) fmt::print(out, "{:<{}}  {}\n", cell, width, words);
}

std::vector<Change> compare(const Check &check, const Expectations &expectations) {
  std::vector<Change> changes;
  const Expectations now = expectations_of(check);
  for (const auto &[cell, words] : now) {
    const auto expected = expectations.find(cell);
    if (expected == expectations.end())
      changes.push_back({cell, {}, words});
    else if (expected->second != words)
      changes.push_back({cell, expected->second, words});
  }
  for (const auto &[cell, words] : expectations)
    if (!now.contains(cell)) changes.push_back({cell, words, {}});
  return changes;
}

}  // namespace crossheap::check
