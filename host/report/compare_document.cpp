// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A comparison as a document: what crossed and what never served are findings, what could not be measured a problem.
#include <sstream>

#include "report/compare_report.h"

namespace crossheap::report {

Document document_of(const compare::Result &result, const std::optional<compare::Against> &against) {
  Document document;
  document.verb = "compare";
  if (!result.command.empty()) document.subjects.push_back(result.command.front());
  document.findings = result.findings;
  for (const compare::Variant &variant : result.variants)
    if (!variant.failure.empty())
      document.problems.push_back({variant.allocator.name, "the command " + variant.failure,
                                   "run it by hand on this allocator, or under `crossheap trace`"});
  std::ostringstream text;
  write_compare_text(text, result, against);
  document.text = text.str();
  std::ostringstream markdown;
  write_compare_markdown(markdown, result, against);
  document.markdown = markdown.str();
  std::ostringstream facts;
  write_compare_json(facts, result, against);
  document.facts = facts.str();
  return document;
}

}  // namespace crossheap::report
