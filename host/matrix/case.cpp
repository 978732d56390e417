// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/case.h"

#include <crossheap/plugin.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace crossheap::matrix {

std::string name_of(const Case &one) {
  return fmt::format("{}/{}/{}/{}/{}", one.host, one.plugin, one.mode, one.scenario, one.direction);
}

Case parse_case(std::string_view name) {
  const auto malformed = [&] {
    return Error(Blame::Usage, name, "is not the name of a case",
                 "write HOST/PLUGIN/MODE/SCENARIO/DIRECTION, as `crossheap matrix --list` does");
  };
  const std::size_t host_end = name.find('/');
  if (host_end == std::string_view::npos) throw malformed();
  std::string_view rest = name.substr(host_end + 1);
  std::array<std::string_view, 3> last{};  // direction, scenario, mode
  for (std::string_view &part : last) {
    const std::size_t slash = rest.rfind('/');
    if (slash == std::string_view::npos) throw malformed();
    part = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  Case one{std::string(name.substr(0, host_end)), std::string(rest), std::string(last[2]), std::string(last[1]),
           std::string(last[0])};
  if (one.host.empty() || one.plugin.empty() || one.mode.empty() || one.scenario.empty() || one.direction.empty())
    throw malformed();
  return one;
}

Crossing predict_crossing(const Load &load, const Offer &offer, std::string_view direction) {
  const std::string_view giver = direction == "to-plugin" ? "host" : "plugin";
  const std::string_view taker = direction == "to-host" ? "host" : "plugin";
  const auto instance = [&](std::string_view side, std::string_view function) -> const std::string * {
    const auto found = load.instances.find(fmt::format("{} {}", side, function));
    return found == load.instances.end() ? nullptr : &found->second;
  };
  const std::string *owner = instance(giver, offer.acquired_by);
  if (owner != nullptr && *owner == kSplitInstance) return Crossing::Unknown;
  const bool goes_home = std::all_of(
      offer.released_by.begin(), offer.released_by.end(),
      [](const std::string &function) { return function == "owner" || function == "host" || function == "abi"; });
  if (goes_home) return Crossing::No;
  if (owner == nullptr) return Crossing::Unknown;
  constexpr std::string_view kGiver = "giver ";
  bool unknown = false;
  for (const std::string_view entry : offer.released_by) {
    const bool by_giver = entry.starts_with(kGiver);
    const std::string *releaser = instance(by_giver ? giver : taker, by_giver ? entry.substr(kGiver.size()) : entry);
    if (releaser == nullptr || *releaser == kSplitInstance)
      unknown = true;
    else if (*releaser != *owner)
      return Crossing::Yes;
  }
  return unknown ? Crossing::Unknown : Crossing::No;
}

std::string words(const CaseResult &result) {
  if (safe(result) || result.survived == 0) return words(result.outcome.ending);
  return fmt::format("survived {} of {}, else {}", result.survived, result.runs, words(result.outcome.ending));
}

}  // namespace crossheap::matrix
