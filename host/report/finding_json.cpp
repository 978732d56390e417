// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/finding_json.h"

namespace crossheap::report {

nlohmann::ordered_json finding_json(const Finding &finding) {
  const Hazard &hazard = hazard_of(finding);
  return {{"id", finding.id},
          {"name", hazard.name},
          {"level", name_of(finding.level)},
          {"summary", finding.summary},
          {"evidence", finding.evidence},
          {"fix", finding.next_step.empty() ? std::string(hazard.fix) : finding.next_step}};
}

}  // namespace crossheap::report
