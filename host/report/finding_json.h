// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A finding as all JSON reports that are made from files have it.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "catalog/finding.h"

namespace crossheap::report {

/// {"id", "name", "level", "summary", "evidence", "fix", "subject"}, and where there is something to say "because",
/// "count", "places": [{"object", "function", "file", "line"}]
nlohmann::ordered_json finding_json(const Finding &finding);

/// The inverse. Members that an older crossheap did not write may be missing. Throws Error (Blame::Usage) about
/// `object` where the hazard or the level is none that this program knows, and nlohmann's exception where a type is
/// wrong.
Finding finding_from_json(const nlohmann::ordered_json &json, std::string_view object);

}  // namespace crossheap::report
