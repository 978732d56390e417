// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Findings that are known and accepted: a saved result of an earlier check (its JSON). A finding is the same when its
// hazard, the file's name and its sentence without numbers are: a plugin that is built again has other addresses.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>

#include "check/check.h"

namespace crossheap::check {

using Baseline = std::set<std::string>;

/// Throws Error (Blame::Usage) about `object` where it is no result of `crossheap check`.
Baseline read_baseline(const nlohmann::ordered_json &json, std::string_view object);

/// Marks the findings that the baseline has.
void accept(Check &check, const Baseline &baseline);

}  // namespace crossheap::check
