// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An incident as all JSON reports have it: an entry of "crossings" of crossheap.trace/1.
#pragma once

#include <nlohmann/json.hpp>

#include "trace/incident.h"

namespace crossheap::report {

nlohmann::ordered_json incident_json(const trace::Incident &incident);

/// The inverse. Throws Error (Blame::Usage) about `object` where the hazard, the level or the detail is none that this
/// program knows, and nlohmann's exception where a type is wrong.
trace::Incident incident_from_json(const nlohmann::ordered_json &json, std::string_view object);

}  // namespace crossheap::report
