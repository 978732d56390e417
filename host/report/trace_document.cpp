// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A traced run as a document: each incident is a finding, and what stayed unwatched as a whole is a problem, because a
// report that finds nothing says nothing of it. Single functions that are not watched are facts, and stay there.
#include <algorithm>
#include <sstream>

#include "report/trace_report.h"

namespace crossheap::report {

Document document_of(const trace::Trace &trace) {
  Document document;
  document.verb = "trace";
  std::ostringstream text;
  write_trace_text(text, trace);
  document.text = text.str();
  std::ostringstream facts;
  write_trace_json(facts, trace);
  document.facts = facts.str();
  for (const trace::ProcessSeen &process : trace.processes)
    if (std::find(document.subjects.begin(), document.subjects.end(), process.program) == document.subjects.end())
      document.subjects.push_back(process.program);
  document.findings.assign(trace.incidents.begin(), trace.incidents.end());
  for (const trace::UnwatchedSeen &unwatched : trace.unwatched)
    if (unwatched.is_process)
      document.problems.push_back({unwatched.object.empty() ? "a process" : unwatched.object,
                                   "was not watched: " + unwatched.reason,
                                   "see docs/trace.md for what can be watched"});
  return document;
}

}  // namespace crossheap::report
