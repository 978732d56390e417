// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An incident as all JSON reports have it: an entry of "crossings" of crossheap.trace/1.
#pragma once

#include <nlohmann/json.hpp>

#include "trace/incident.h"

namespace crossheap::report {

nlohmann::ordered_json incident_json(const trace::Incident &incident);

}  // namespace crossheap::report
