// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One report, before it has a form: what a verb examined and found, for every format there is (report/format.h). A verb
// makes a Document; a format is a function of one. Neither knows the other.
#pragma once

#include <string>
#include <vector>

#include "catalog/finding.h"

namespace crossheap::report {

/// Something that could not be examined.
struct Problem {
  std::string subject;
  std::string reason;
  std::string next_step;
};

struct Document {
  std::string verb;                   ///< "inspect": which command the report is from
  std::vector<std::string> subjects;  ///< all that was examined, also what has no finding
  std::vector<Finding> findings;
  std::vector<Problem> problems;
  std::string facts;  ///< the whole result as JSON of the verb's own schema, with a newline at its end
  std::string text;   ///< the same for a person
  /// The facts as the HTML page takes them, where those of the JSON would be too many; "" where the page takes `facts`.
  std::string page_facts;
  /// The same as a page of markdown, for a verb whose result is tables and not findings; "" for all others.
  std::string markdown;
};

}  // namespace crossheap::report
