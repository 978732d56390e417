// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/drill.h"

namespace crossheap::drill {

std::string_view name_of(State state) noexcept {
  switch (state) {
    case State::Held:
      return "held";
    case State::Failed:
      return "failed";
    case State::NotTried:
      return "not tried";
  }
  return "not tried";
}

// No drill is written yet, and that is what is answered: nobody may take silence for a drill that held.
std::vector<std::vector<Result>> run(const std::vector<Subject> &subjects, sandbox::Supervisor &, const Progress &) {
  Result none;
  none.drill = "drills";
  none.about = "What a plugin must survive in a host that stands in for the real one.";
  none.reason = "this crossheap has no drills";
  return {subjects.size(), {none}};
}

}  // namespace crossheap::drill
