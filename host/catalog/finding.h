// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One finding: a hazard of the catalogue that was found somewhere, with all that a report can show of it. Inspection,
// prediction, tracing and the experiment make the same structure, and so every report format works for all of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/hazards.h"

namespace crossheap {

/// How bad it is where it is found. Notes do not change the exit status.
enum class Level : std::uint8_t {
  Note,     ///< a fact that matters together with others
  Warning,  ///< goes wrong under load modes or hosts that exist
  Error,    ///< goes wrong, or breaks a rule the user asked to check
};

/// "note", "warning", "error": also SARIF's words for them.
std::string_view name_of(Level level) noexcept;

/// Where in the code it happens, as far as that is known; "" and 0 where not.
struct Place {
  std::string object;  ///< path of the executable or library
  std::string function;
  std::string file;  ///< of the source
  int line = 0;
  friend bool operator==(const Place &, const Place &) = default;
};

struct Finding {
  HazardId hazard{};
  Level level = Level::Warning;
  std::string subject;                ///< the file or object it is about
  std::string summary;                ///< one sentence: what is wrong here
  std::vector<std::string> evidence;  ///< the facts it rests on: symbols, relocations, strings
  std::string because;                ///< why it happens here; "" where the entry's `why` says it all
  std::string next_step;              ///< what to do here; "" where the entry's `fix` says it all
  std::uint64_t count = 1;            ///< how often it happened
  std::vector<Place> places;          ///< the innermost first
};

/// What to do about it: the finding's own next step, or the fix of its entry.
std::string_view advice_of(const Finding &finding);

}  // namespace crossheap
