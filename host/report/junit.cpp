// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Findings as JUnit XML, the form that CI systems show as test results. A test case is a subject: it passes when
// nothing was found, and has a failed case for each hazard that is more than a note. What could not be examined is an
// error, not a failure. Systems differ in how many failures of one case they show, so each case has one at most.
#include <fmt/format.h>

#include <map>
#include <ostream>
#include <pugixml.hpp>
#include <set>

#include "base/text.h"
#include "report/format.h"

namespace crossheap::report {

namespace {

// XML 1.0 has no way to write most control characters, nor bytes that are no UTF-8.
std::string fit(std::string_view text) { return printable(text); }

std::string body_of(const Finding &finding) {
  std::string text = finding.summary + "\n";
  if (!finding.because.empty()) text += finding.because + "\n";
  for (const std::string &evidence : finding.evidence) text += fmt::format("- {}\n", evidence);
  for (const Place &place : finding.places) {
    if (place.function.empty() && place.file.empty()) continue;
    text += fmt::format("  at {}", place.function.empty() ? "?" : place.function);
    if (!place.file.empty()) text += fmt::format(" ({}:{})", place.file, place.line);
    text += fmt::format(" in {}\n", place.object);
  }
  return text + fmt::format("next: {}\n", advice_of(finding));
}

class Suite {
public:
  explicit Suite(pugi::xml_node parent, const std::string &name)
      : node_(parent.append_child("testsuite")), name_(name) {
    node_.append_attribute("name") = name.c_str();
  }

  pugi::xml_node add_case(const std::string &subject) {
    pugi::xml_node one = node_.append_child("testcase");
    one.append_attribute("classname") = name_.c_str();
    one.append_attribute("name") = fit(subject).c_str();
    ++cases_;
    return one;
  }

  void add_failure(const std::string &subject, const std::vector<const Finding *> &findings) {
    const Hazard &hazard = hazard_of(findings.front()->hazard);
    pugi::xml_node failure =
        add_case(fmt::format("{}: {} {}", subject, name_of(hazard.id), hazard.name)).append_child("failure");
    failure.append_attribute("type") = name_of(hazard.id).c_str();
    failure.append_attribute("message") = fit(findings.front()->summary).c_str();
    std::string text;
    for (const Finding *finding : findings) text += body_of(*finding);
    failure.text() = fit(text).c_str();
    ++failures_;
  }

  void add_error(const Problem &problem) {
    pugi::xml_node error = add_case(problem.subject).append_child("error");
    error.append_attribute("type") = "not examined";
    error.append_attribute("message") = fit(problem.reason).c_str();
    error.text() = fit(problem.next_step).c_str();
    ++errors_;
  }

  void finish() {
    for (pugi::xml_node node : {node_, node_.parent()}) {
      node.append_attribute("tests") = cases_;
      node.append_attribute("failures") = failures_;
      node.append_attribute("errors") = errors_;
    }
  }

private:
  pugi::xml_node node_;
  std::string name_;
  unsigned cases_ = 0;
  unsigned failures_ = 0;
  unsigned errors_ = 0;
};

}  // namespace

void write_junit(std::ostream &to, const Document &document) {
  std::map<std::string, std::map<HazardId, std::vector<const Finding *>>> failed;
  for (const Finding &finding : document.findings)
    if (finding.level != Level::Note) failed[finding.subject][finding.hazard].push_back(&finding);
  std::set<std::string> not_examined;
  for (const Problem &problem : document.problems) not_examined.insert(problem.subject);

  pugi::xml_document xml;
  pugi::xml_node declaration = xml.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node suites = xml.append_child("testsuites");
  suites.append_attribute("name") = "crossheap";
  Suite suite(suites, "crossheap." + document.verb);
  for (const std::string &subject : document.subjects)
    if (!failed.contains(subject) && !not_examined.contains(subject)) suite.add_case(subject);
  for (const auto &[subject, by_hazard] : failed)
    for (const auto &[hazard, findings] : by_hazard) suite.add_failure(subject, findings);
  for (const Problem &problem : document.problems) suite.add_error(problem);
  suite.finish();
  xml.save(to, "  ");
}

}  // namespace crossheap::report
