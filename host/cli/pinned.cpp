// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/pinned.h"

#include "base/text.h"
#include "cli/command.h"

namespace crossheap::cli {

int report_differences(const std::vector<Difference> &differences, const Compared &compared, const std::string &file) {
  for (const Difference &one : differences) {
    const std::string name = printable_name(one.name);
    if (one.expected.empty())
      complain("{}: {} is not in the file; it is: {}\n", file, name, one.got);
    else if (one.got.empty())
      complain("{}: {} is expected ({}) and was not {}\n", file, name, one.expected, compared.took_part);
    else
      complain("{}: {} was expected to be: {}; it is: {}\n", file, name, one.expected, one.got);
  }
  if (differences.empty()) return kClean;
  const bool is_one = differences.size() == 1;
  complain("crossheap: {} {}{} differ{} from {}\n  next: {}if the change is meant, --write-expect {}\n",
           differences.size(), compared.noun, is_one ? "" : "s", is_one ? "s" : "", file, compared.look,
           shell_quoted(file));
  return kFindings;
}

}  // namespace crossheap::cli
