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

std::vector<Use> uses_of(const Offer &offer, std::string_view direction) {
  constexpr std::string_view kGiver = "giver ";
  const std::string_view giver = direction == "to-plugin" ? "host" : "plugin";
  const std::string_view taker = direction == "to-host" ? "host" : "plugin";
  std::vector<Use> uses{{giver, offer.acquired_by, false}};
  for (const std::string_view entry : offer.released_by) {
    const bool goes_home = entry == "owner" || entry == "host" || entry == "abi";
    if (entry.starts_with(kGiver))
      uses.push_back({giver, entry.substr(kGiver.size()), goes_home});
    else
      uses.push_back({taker, entry, goes_home});
  }
  return uses;
}

std::string_view instance_of(const Load &load, const Use &use) {
  const auto found = load.instances.find(fmt::format("{} {}", use.side, use.function));
  return found == load.instances.end() ? std::string_view() : std::string_view(found->second);
}

Crossing predict_crossing(const Load &load, const Offer &offer, std::string_view direction) {
  const std::vector<Use> uses = uses_of(offer, direction);
  const std::string_view owner = instance_of(load, uses.front());
  if (owner == kSplitInstance) return Crossing::Unknown;
  if (std::all_of(uses.begin() + 1, uses.end(), [](const Use &use) { return use.goes_home; })) return Crossing::No;
  if (owner.empty()) return Crossing::Unknown;
  bool unknown = false;
  for (const Use &use : uses) {
    const std::string_view instance = instance_of(load, use);
    if (instance.empty() || instance == kSplitInstance)
      unknown = true;
    else if (instance != owner)
      return Crossing::Yes;
  }
  return unknown ? Crossing::Unknown : Crossing::No;
}

std::string in_words(const CaseResult &result) {
  if (safe(result) || result.survived == 0) return name_of(result.outcome.ending);
  return fmt::format("survived {} of {}, else {}", result.survived, result.runs, name_of(result.outcome.ending));
}

}  // namespace crossheap::matrix
