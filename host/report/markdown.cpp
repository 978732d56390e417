// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Findings as markdown that fits a comment on a change: a line with the count, one table, and behind it the evidence of
// each finding, folded. Names come from strangers' files: what markdown or HTML would read as markup is escaped.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "report/format.h"

namespace crossheap::report {

namespace {

// One line, without control characters.
std::string one_line(std::string_view text) {
  std::string line = printable(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

// Inside an HTML element, where markdown is not read.
std::string html(std::string_view text) {
  std::string escaped;
  for (const char c : one_line(text)) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else
      escaped += c;
  }
  return escaped;
}

// In markdown, which also reads HTML. A backslash in front of ASCII punctuation makes it stand for itself.
std::string plain(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_[]#|~$@";
  std::string escaped;
  for (const char c : html(text)) {
    if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

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

void write_details(std::ostream &to, const Finding &finding) {
  fmt::print(to, "\n<details><summary>{} {}: {}</summary>\n\n", name_of(finding.hazard), html(finding.subject),
             html(finding.summary));
  if (!finding.because.empty()) fmt::print(to, "{}\n\n", plain(finding.because));
  for (const std::string &evidence : finding.evidence) fmt::print(to, "- {}\n", plain(evidence));
  for (const Place &place : finding.places) {
    if (place.function.empty() && place.file.empty()) continue;
    fmt::print(to, "- at {}", plain(place.function.empty() ? "?" : place.function));
    if (!place.file.empty()) fmt::print(to, ", {}:{}", plain(place.file), place.line);
    fmt::print(to, " in {}\n", plain(place.object));
  }
  fmt::print(to, "\nNext: {}\n\n</details>\n", plain(advice_of(finding)));
}

}  // namespace

void write_markdown(std::ostream &to, const Document &document) {
  fmt::print(to, "## crossheap {}: {}\n", document.verb, headline(document));
  if (!document.findings.empty()) {
    fmt::print(to, "\n| | hazard | where | what |\n|---|---|---|---|\n");
    for (const Finding &finding : document.findings) {
      const std::string times = finding.count > 1 ? fmt::format(" ({} times)", with_commas(finding.count)) : "";
      fmt::print(to, "| {} | {} {} | {} | {}{} |\n", name_of(finding.level), name_of(finding.hazard),
                 plain(hazard_of(finding.hazard).name), plain(finding.subject), plain(finding.summary), times);
    }
  }
  for (const Finding &finding : document.findings)
    if (finding.level != Level::Note) write_details(to, finding);
  if (!document.problems.empty()) fmt::print(to, "\nNot examined:\n\n");
  for (const Problem &problem : document.problems)
    fmt::print(to, "- {}: {}\n", plain(problem.subject), plain(problem.reason));
}

}  // namespace crossheap::report
