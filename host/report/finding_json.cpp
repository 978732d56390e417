// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The key "name" is the hazard's name and "fix" what to do about it here: a program that reads one file's findings
// needs no catalogue.
#include "report/finding_json.h"

namespace crossheap::report {

nlohmann::ordered_json finding_json(const Finding &finding) {
  const Hazard &hazard = hazard_of(finding.hazard);
  return {{"id", name_of(finding.hazard)}, {"name", hazard.name},          {"level", name_of(finding.level)},
          {"summary", finding.summary},    {"evidence", finding.evidence}, {"fix", advice_of(finding)}};
}

}  // namespace crossheap::report
