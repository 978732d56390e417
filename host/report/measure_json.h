// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What results of measurements have in common, whichever verb measured.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "measure/machine.h"

namespace crossheap::report {

nlohmann::ordered_json machine_json(const measure::Machine &machine);
/// The inverse. Throws nlohmann's exception where a member is missing or has another type.
measure::Machine machine_from(const nlohmann::ordered_json &json);

}  // namespace crossheap::report
