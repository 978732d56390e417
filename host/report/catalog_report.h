// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Entries of the catalogue, for `crossheap explain` and docs/hazards.md.
#pragma once

#include <span>
#include <string>

#include "catalog/hazards.h"

namespace crossheap::report {

/// A line for each: id, name and headline.
std::string catalog_list(std::span<const Hazard *const> entries);

/// Everything an entry says.
std::string catalog_text(std::span<const Hazard *const> entries);

/// crossheap.hazards/1: {"schema", "hazards": [{"id", "name", "headline", "what", "why", "see", "fix"}]}
std::string catalog_json(std::span<const Hazard *const> entries);

std::string catalog_markdown(std::span<const Hazard *const> entries);

}  // namespace crossheap::report
