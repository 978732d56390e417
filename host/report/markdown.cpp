// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Findings as markdown that fits a comment on a change: a line with the count, one table, and behind it the evidence of
// each finding, folded. A comment holds 65,536 characters, so what is beyond that is counted and left out. Names come
// from strangers' files: what markdown or HTML would read as markup is escaped.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>
#include <vector>

#include "base/text.h"
#include "report/escaping.h"
#include "report/format.h"

namespace crossheap::report {

namespace {

// Of the 65,536 characters that a comment may have: for the verdicts, for the table of findings, for the
// evidence, and for what was not examined.
constexpr std::size_t kMostTable = 24'000;
constexpr std::size_t kMostVerdicts = 6'000;
constexpr std::size_t kMostDetails = 26'000;
constexpr std::size_t kMostProblems = 6'000;
constexpr std::size_t kMostOfOneText = 1'000;

// One line, without control characters, and no longer than anybody reads.
std::string one_line(std::string_view text) {
  std::string line = printable(text.substr(0, kMostOfOneText));
  if (text.size() > kMostOfOneText) line += "...";
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

// Inside an HTML element, where markdown is not read.
std::string html(std::string_view text) { return html_escaped(one_line(text)); }

std::string plain(std::string_view text) { return markdown_escaped(one_line(text)); }

std::size_t count_of(const Document &document, Level level) {
  return static_cast<std::size_t>(std::count_if(document.findings.begin(), document.findings.end(),
                                                [level](const Finding &finding) { return finding.level == level; }));
}

std::string headline(const Document &document) {
  std::vector<std::string> counts;
  for (const Level level : {Level::Error, Level::Warning, Level::Note})
    if (const std::size_t count = count_of(document, level); count > 0)
      counts.push_back(fmt::format("{} {}{}", with_commas(count), name_of(level), count == 1 ? "" : "s"));
  std::string text = counts.empty() ? "nothing found" : enumeration(counts);
  if (!document.problems.empty()) text += fmt::format("; {} not examined", with_commas(document.problems.size()));
  return text;
}

std::string row_of(const Finding &finding) {
  const std::string times = finding.count > 1 ? fmt::format(" ({} times)", with_commas(finding.count)) : "";
  return fmt::format("| {} | {} {} | {} | {}{} |\n", name_of(finding.level), name_of(finding.hazard),
                     plain(hazard_of(finding.hazard).name), plain(finding.subject), plain(finding.summary), times);
}

std::string details_of(const Finding &finding) {
  std::string text = fmt::format("\n<details><summary>{} {}: {}</summary>\n\n", name_of(finding.hazard),
                                 html(finding.subject), html(finding.summary));
  if (!finding.because.empty()) text += fmt::format("{}\n\n", plain(finding.because));
  for (const std::string &evidence : finding.evidence) text += fmt::format("- {}\n", plain(evidence));
  for (const Place &place : finding.places) {
    if (place.function.empty() && place.file.empty()) continue;
    text += fmt::format("- at {}", plain(place.function.empty() ? "?" : place.function));
    if (!place.file.empty()) text += fmt::format(", {}:{}", plain(place.file), place.line);
    text += fmt::format(" in {}\n", plain(place.object));
  }
  return text + fmt::format("\nNext: {}\n\n</details>\n", plain(advice_of(finding)));
}

std::string problem_line(const Problem &problem) {
  return fmt::format("- {}: {}\n", plain(problem.subject), plain(problem.reason));
}

// The items that fit, in their order; answers how many did not.
template <typename Items, typename Write>
std::size_t write_within(std::ostream &to, std::size_t most, const Items &items, Write write) {
  std::size_t left = most;
  std::size_t left_out = 0;
  for (const auto &item : items) {
    const std::string text = write(item);
    if (left_out > 0 || text.size() > left) {
      ++left_out;
      continue;
    }
    left -= text.size();
    to << text;
  }
  return left_out;
}

void say_left_out(std::ostream &to, std::size_t count, std::string_view what) {
  if (count > 0)
    fmt::print(to, "\n{} more {} left out: a comment holds no more. Other formats have them.\n", with_commas(count),
               what);
}

// Of a saved result, which may be anybody's file.
std::string text_of(const nlohmann::json &object, const char *key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The verdict of a check comes first: its sentence, and a table of host and allocator.
void write_verdicts(std::ostream &to, const Document &document) {
  const nlohmann::json facts = nlohmann::json::parse(document.facts, nullptr, false);
  if (!facts.is_object() || !facts.contains("cells") || !facts.at("cells").is_array()) return;
  std::vector<std::string> allocators;
  std::vector<std::pair<std::string, std::map<std::string, std::string>>> rows;
  std::map<std::string, std::size_t> row_of_host;
  for (const nlohmann::json &cell : facts.at("cells")) {
    if (!cell.is_object()) return;
    const std::string allocator = text_of(cell, "allocator");
    if (std::find(allocators.begin(), allocators.end(), allocator) == allocators.end()) allocators.push_back(allocator);
    const std::string host = fmt::format("{}, {}", text_of(cell, "profile"), text_of(cell, "mode"));
    const auto [row, is_new] = row_of_host.try_emplace(host, rows.size());
    if (is_new) rows.emplace_back(host, std::map<std::string, std::string>());
    rows[row->second].second[allocator] = text_of(cell, "verdict");
  }
  fmt::print(to, "\n{}\n", plain(text_of(facts, "sentence")));
  if (rows.empty()) return;
  std::string heading = "\n| |";
  std::string line = "|---|";
  for (const std::string &allocator : allocators) {
    heading += fmt::format(" {} |", plain(allocator));
    line += "---|";
  }
  fmt::print(to, "{}\n{}\n", heading, line);
  say_left_out(to,
               write_within(to, kMostVerdicts, rows,
                            [&](const auto &row) {
                              std::string text = fmt::format("| {} |", plain(row.first));
                              for (const std::string &allocator : allocators) {
                                const auto found = row.second.find(allocator);
                                text += fmt::format(" {} |", found == row.second.end() ? "" : plain(found->second));
                              }
                              return text + "\n";
                            }),
               "verdicts are");
}

}  // namespace

void write_markdown(std::ostream &to, const Document &document) {
  if (!document.markdown.empty()) {
    to << document.markdown;
    return;
  }
  fmt::print(to, "## crossheap {}: {}\n", document.verb, headline(document));
  if (document.verb == "check") write_verdicts(to, document);
  // What matters most comes first: where not all fit, notes are the first to go.
  std::vector<Finding> findings = document.findings;
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding &one, const Finding &other) { return one.level > other.level; });
  if (!findings.empty()) {
    fmt::print(to, "\n| | hazard | where | what |\n|---|---|---|---|\n");
    say_left_out(to, write_within(to, kMostTable, findings, row_of), "findings are");
  }
  std::erase_if(findings, [](const Finding &finding) { return finding.level == Level::Note; });
  say_left_out(to, write_within(to, kMostDetails, findings, details_of), "details are");
  if (!document.problems.empty()) fmt::print(to, "\nNot examined:\n\n");
  say_left_out(to, write_within(to, kMostProblems, document.problems, problem_line), "problems are");
}

}  // namespace crossheap::report
