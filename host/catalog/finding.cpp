// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A finding repeats nothing that its entry says: what a rule leaves empty is read from the catalogue.
#include "catalog/finding.h"

namespace crossheap {

std::string_view name_of(Level level) noexcept {
  switch (level) {
    case Level::Note:
      return "note";
    case Level::Warning:
      return "warning";
    case Level::Error:
      break;
  }
  return "error";
}

std::string_view advice_of(const Finding &finding) {
  return finding.next_step.empty() ? hazard_of(finding.hazard).fix : finding.next_step;
}

}  // namespace crossheap
