// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The catalogue of hazards: what goes wrong when allocators and plugins meet. Every finding of the program, whether it
// was seen in files or in a running process, points to one entry, and `crossheap explain ID` prints it.
//
// An id is an interface: users filter by it and reports are compared over years. It never changes its meaning and is
// never used again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crossheap {

/// How bad it is where it is found. Notes do not change the exit status.
enum class Level : std::uint8_t {
  Note,     ///< a fact that matters together with others
  Warning,  ///< goes wrong under load modes or hosts that exist
  Error,    ///< goes wrong, or breaks a rule the user asked to check
};

/// "note", "warning", "error": also SARIF's words for them.
std::string_view name_of(Level level) noexcept;

struct Hazard {
  std::string_view id;    ///< "XH104"
  std::string_view name;  ///< "incomplete interposer"
  std::string_view what;  ///< what happens, as the victim sees it
  std::string_view why;   ///< the mechanism behind it
  std::string_view see;   ///< how to see it: which subcommand shows it, and by which sign
  std::string_view fix;   ///< what to do about it
};

/// All entries, by id.
std::span<const Hazard> hazards() noexcept;

/// The entry `id`, or null. Upper and lower case are the same.
const Hazard *find_hazard(std::string_view id) noexcept;

/// A hazard that was found somewhere.
struct Finding {
  std::string_view id;  ///< of an entry in hazards()
  Level level = Level::Warning;
  std::string object;                 ///< the file or object it is about
  std::string summary;                ///< one sentence: what is wrong here
  std::vector<std::string> evidence;  ///< the facts it rests on: symbols, relocations, strings
  std::string next_step;              ///< what to do here; "" where the entry's `fix` says it all
};

/// The entry of a finding. Its id must be one of hazards().
const Hazard &hazard_of(const Finding &finding);

}  // namespace crossheap
