// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The findings of one process, while they are gathered.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "binding/process.h"
#include "catalog/finding.h"

namespace crossheap::binding {

class Findings {
public:
  explicit Findings(const std::vector<Object> &objects) : objects_(objects) {}

  void add(HazardId hazard, Level level, ObjectIndex object, std::string summary, std::vector<std::string> evidence) {
    findings_.push_back({.hazard = hazard,
                         .level = level,
                         .subject = objects_[object].path.string(),
                         .summary = std::move(summary),
                         .evidence = std::move(evidence),
                         .because = {},
                         .next_step = {},
                         .places = {}});
  }

  std::vector<Finding> take() { return std::move(findings_); }

private:
  const std::vector<Object> &objects_;
  std::vector<Finding> findings_;
};

}  // namespace crossheap::binding
