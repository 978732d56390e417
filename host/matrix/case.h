// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A case: host build x plugin build x load mode x scenario (with its direction). Written as one word,
// "jemalloc/system/deepbind/malloc/to-host", it is what --explain takes and what an --expect file holds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matrix/experiment.h"
#include "matrix/outcome.h"
#include "matrix/traced.h"

namespace crossheap::matrix {

struct Case {
  std::string host;
  std::string plugin;
  std::string mode;
  std::string scenario;
  std::string direction;

  auto operator<=>(const Case &) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0 in it
};

/// "HOST/PLUGIN/MODE/SCENARIO/DIRECTION". A plugin given by its path keeps its slashes: the other four have none.
std::string name_of(const Case &one);

/// The inverse of name_of; throws Error (Blame::Usage) where `name` has not five parts.
Case parse_case(std::string_view name);

/// A host, a plugin and a mode: what is the same for every scenario played there.
struct Load {
  std::string host;
  std::string plugin;
  std::string mode;
  /// Opening with the loader's default settings.
  Outcome by_default;
  /// Bytes by which glibc.rtld.optional_static_tls was raised to look further; 0 where that was not needed.
  std::uint64_t static_tls_raised = 0;
  /// Whether the plugin could be opened, with the raise where there was one. Without it there are no cases.
  bool opened = false;
  /// What the loader wrote about a preload that it ignored; "" where it wrote nothing.
  std::string loader_warning;
  /// Which instance each side's functions belong to: "host malloc" -> "libc.so.6".
  std::map<std::string, std::string, std::less<>> instances;
};

/// One function that a block meets on its way.
struct Use {
  std::string_view side;      ///< whose function: "host" or "plugin"
  std::string_view function;  ///< as in crossheap_binding
  bool goes_home;             ///< agreed upon by contract: it hands the block to its owner
};

/// The functions a block meets in a scenario played in `direction`: the one that hands it out, then those it is passed
/// to. Views into `offer` and `direction`.
std::vector<Use> uses_of(const Offer &offer, std::string_view direction);

/// The instance a function belongs to in this load, or "" where that is not known.
std::string_view instance_of(const Load &load, const Use &use);

/// What the runner says of a function whose object is split between two heaps: it exports malloc, and the malloc that
/// its own references find is another's. Its blocks may belong to either.
inline constexpr std::string_view kSplitInstance = "split";

/// What the observed bindings say about a case: whether its block reaches a function of an instance that does not own
/// it.
enum class Crossing : std::uint8_t { No, Yes, Unknown };

/// \param load  where the case is played; its instances are used
Crossing predict_crossing(const Load &load, const Offer &offer, std::string_view direction);

/// Kinds of endings: bit N for alternative N of Ending.
using Endings = std::uint16_t;
static_assert(std::variant_size_v<Ending> <= 16);
constexpr Endings only(const Ending &ending) { return static_cast<Endings>(1U << ending.index()); }

/// What the runs of one case gave.
struct CaseResult {
  Case of;
  char contract = '?';
  Crossing crossing = Crossing::Unknown;
  std::uint32_t runs = 0;
  std::uint32_t survived = 0;
  Endings endings = 0;  ///< every kind that was seen
  /// The first run's outcome that is no survival, or the survival where all survived.
  Outcome outcome;
  std::optional<TracedRun> traced;  ///< played once more under the agent
  std::optional<TracedRun> routed;  ///< and once more with each block handed to its owner
};

inline bool safe(const CaseResult &result) { return result.survived == result.runs; }

/// "survived", "survived 3 of 5, else crashed SIGSEGV", "aborted".
std::string in_words(const CaseResult &result);

}  // namespace crossheap::matrix
