// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A finding as all JSON reports that are made from files have it.
#pragma once

#include <nlohmann/json.hpp>

#include "catalog/finding.h"

namespace crossheap::report {

/// {"id", "name", "level", "summary", "evidence", "fix"}
nlohmann::ordered_json finding_json(const Finding &finding);

}  // namespace crossheap::report
