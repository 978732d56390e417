// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The catalogue of hazards: what goes wrong when allocators and plugins meet. Every finding, whether it was seen in
// files or in a running process, points to one entry, and `crossheap explain ID` prints it whole. docs/hazards.md is
// made from the same entries.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "catalog/ids.h"

namespace crossheap {

struct Hazard {
  HazardId id;
  std::string_view name;      ///< "incomplete interposer"
  std::string_view headline;  ///< what was found, as a clause: "a replacement of malloc does not define ..."
  std::string_view what;      ///< what happens, as the victim sees it
  std::string_view why;       ///< the mechanism behind it
  std::string_view see;       ///< which command shows it, and by which sign; a test runs --help of each
  std::string_view fix;       ///< what to do about it
};

/// All entries, by id.
std::span<const Hazard> hazards() noexcept;

/// "XH104".
std::string name_of(HazardId id);

/// The id that is spelled so, or nothing. Upper and lower case are the same.
std::optional<HazardId> find_hazard_id(std::string_view text) noexcept;

/// The entry of that number, or null: for numbers that come from a file.
const Hazard *find_hazard(HazardId id) noexcept;

/// The entry of a value of the enumeration; a test holds that each has one.
const Hazard &hazard_of(HazardId id);

}  // namespace crossheap
