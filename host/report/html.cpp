// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A report as one HTML file that needs nothing else: style and script stand inside (page/*, put into the program when
// it is built), and what was found stands as JSON in an element of its own. The script makes all that is seen from that
// JSON and only when it is looked at, so that a report of 200,000 cases opens at once.
//
// The one thing that must not happen is that a name becomes markup. The JSON is ASCII, and the characters that could
// end its element (<, >, &) are written as their numbers; what stands outside of it is escaped as HTML. The page
// forbids itself any network by its Content-Security-Policy.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "report/finding_json.h"
#include "report/format.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kPageFiles{{
#include <page_files.inc>  // made by CMakeLists.txt
}};

// The script, in the order in which it runs. A part of a verb's own stands here with the verb, and only in its pages.
struct Script {
  std::string_view file;
  std::string_view verb;  ///< "" for all
};
constexpr std::array kScripts{Script{"page.js", ""}, Script{"plots.js", ""}, Script{"views.js", ""}};

// A browser keeps a page of this size at hand; what is larger is left out, and the page says so.
constexpr std::size_t kMostFacts = 16'000'000;
constexpr std::size_t kMostText = 200'000;
constexpr std::size_t kMostFindings = 20'000;

std::string_view page_file(std::string_view name) {
  const auto *const found =
      std::find_if(kPageFiles.begin(), kPageFiles.end(), [name](const auto &file) { return file.first == name; });
  return found == kPageFiles.end() ? std::string_view() : found->second;
}

std::string html(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text)) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// As the contents of a script element. Outside of strings JSON has none of these characters.
void write_json(std::ostream &to, std::string_view ascii) {
  for (const char c : ascii) {
    if (c == '<')
      to << "\\u003c";
    else if (c == '>')
      to << "\\u003e";
    else if (c == '&')
      to << "\\u0026";
    else
      to << c;
  }
}

std::string ascii(const Json &json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

// What the page can do without where the facts are many: each slot of each object, each symbol of each file.
void leave_out_details(Json &facts) {
  if (facts.contains("files") && facts["files"].is_array())
    for (Json &file : facts["files"])
      if (file.is_object())
        for (const char *const key :
             {"definitions", "references", "weak_probes", "configuration", "libc_blocks", "loading"})
          file.erase(key);
  if (facts.contains("modes") && facts["modes"].is_object())
    for (Json &mode : facts["modes"])
      if (mode.is_object()) mode.erase("references");
}

struct Facts {
  std::string json = "null";
  std::string left_out;  // why there are none
};

Facts facts_of(const Document &document) {
  const std::string &given = document.page_facts.empty() ? document.facts : document.page_facts;
  if (given.empty()) return {};
  Json facts = Json::parse(given, nullptr, false);
  if (facts.is_discarded()) return {};
  std::string json = ascii(facts);
  if (json.size() > kMostFacts) {
    leave_out_details(facts);
    json = ascii(facts);
  }
  if (json.size() > kMostFacts)
    return {"null",
            fmt::format("The facts are {} bytes of JSON, too many for a page. `--format json -o FILE` has them.",
                        with_commas(json.size()))};
  return {std::move(json), {}};
}

std::string headline(const Document &document) {
  std::vector<std::string> counts;
  for (const Level level : {Level::Error, Level::Warning, Level::Note}) {
    const auto count = std::count_if(document.findings.begin(), document.findings.end(),
                                     [level](const Finding &finding) { return finding.level == level; });
    if (count > 0)
      counts.push_back(fmt::format("{} {}{}", with_commas(static_cast<std::uint64_t>(count)), name_of(level),
                                   count == 1 ? "" : "s"));
  }
  return counts.empty() ? "nothing found" : enumeration(counts);
}

void write_report(std::ostream &to, const Document &document) {
  Json hazards = Json::object();
  Json findings = Json::array();
  for (const Finding &finding : document.findings) {
    if (findings.size() == kMostFindings) break;
    const Hazard &hazard = hazard_of(finding.hazard);
    hazards[name_of(hazard.id)] = {{"name", hazard.name}, {"what", hazard.what}, {"why", hazard.why}};
    findings.push_back(finding_json(finding));
  }
  Json problems = Json::array();
  for (const Problem &problem : document.problems) {
    if (problems.size() == kMostFindings) break;
    problems.push_back({{"subject", problem.subject}, {"reason", problem.reason}, {"next_step", problem.next_step}});
  }
  for (const auto &[list, all] :
       {std::pair(&problems, document.problems.size()), {&findings, document.findings.size()}})
    if (list->size() < all)
      problems.push_back({{"subject", "this page"},
                          {"reason", fmt::format("shows the first {} of {} {}", with_commas(kMostFindings),
                                                 with_commas(all), list == &findings ? "findings" : "problems")},
                          {"next_step", "`--format json -o FILE` has all"}});
  Json subjects = Json::array();
  for (const std::string &subject : document.subjects) {
    if (subjects.size() == kMostFindings) break;
    subjects.push_back(subject);
  }
  const Facts facts = facts_of(document);
  Json head{{"version", CROSSHEAP_VERSION},  {"verb", document.verb},           {"subjects", std::move(subjects)},
            {"hazards", std::move(hazards)}, {"findings", std::move(findings)}, {"problems", std::move(problems)}};
  if (!facts.left_out.empty()) head["facts_left_out"] = facts.left_out;
  std::string text = ascii(head);
  text.pop_back();  // the brace
  write_json(to, text);
  write_json(to, ",\"facts\":");
  write_json(to, facts.json);
  to << '}';
}

}  // namespace

void write_html(std::ostream &to, const Document &document) {
  std::string_view page = page_file("page.html");
  while (true) {
    const std::size_t begin = page.find("{{");
    const std::size_t end = page.find("}}", begin);
    to << page.substr(0, begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) break;
    const std::string_view slot = page.substr(begin + 2, end - begin - 2);
    if (slot == "title") to << html(fmt::format("crossheap {}: {}", document.verb, headline(document)));
    if (slot == "headline") to << html(headline(document));
    if (slot == "style") to << page_file("page.css");
    if (slot == "text")
      to << html(std::string_view(document.text).substr(0, kMostText))
         << (document.text.size() > kMostText ? "\n..." : "");
    if (slot == "report") write_report(to, document);
    if (slot == "script") {
      for (const Script &script : kScripts)
        if (script.verb.empty() || script.verb == document.verb) to << page_file(script.file);
      to << "crossheap.show();\n";
    }
    page.remove_prefix(end + 2);
  }
}

}  // namespace crossheap::report
