// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The words are an interface: they stand in JSON reports, and results of `matrix` are read back by them.
#include "trace/incident.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crossheap::trace {

namespace {

using event::Detail;

constexpr std::array<std::pair<Detail, std::string_view>, 10> kDetails{
    {{Detail::None, ""},
     {Detail::ReleasedTwice, "released twice"},
     {Detail::InsideBlock, "not the start of a block"},
     {Detail::NeverAllocated, "never allocated"},
     {Detail::WrongSize, "wrong size"},
     {Detail::WrongAlignment, "wrong alignment"},
     {Detail::Routed, "routed to its owner"},
     {Detail::Withheld, "withheld: its owner has no release function that is known"},
     {Detail::NotRouted, "not routed: nothing was known yet of whether the releaser hands blocks on"},
     {Detail::NoService, "not routed: its owner has no function known that does the same"}}};

}  // namespace

std::string_view name_of(Detail detail) noexcept {
  const auto *const found =
      std::find_if(kDetails.begin(), kDetails.end(), [detail](const auto &one) { return one.first == detail; });
  return found == kDetails.end() ? std::string_view() : found->second;
}

std::optional<Detail> find_detail(std::string_view text) noexcept {
  const auto *const found =
      std::find_if(kDetails.begin(), kDetails.end(), [text](const auto &one) { return one.second == text; });
  return found == kDetails.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace crossheap::trace
