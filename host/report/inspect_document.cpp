// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What was skipped (a core dump, a debug file) is neither a subject nor a problem: there is nothing in it to judge.
#include "report/inspect_document.h"

#include <variant>

namespace crossheap::report {

void add(Document &document, const inspect::Outcome &outcome) {
  if (const auto *inspection = std::get_if<inspect::Inspection>(&outcome.result)) {
    document.subjects.push_back(outcome.file);
    document.findings.insert(document.findings.end(), inspection->findings.begin(), inspection->findings.end());
  } else if (const auto *error = std::get_if<Error>(&outcome.result)) {
    document.problems.push_back({outcome.file, error->reason(), error->next_step()});
  }
}

}  // namespace crossheap::report
