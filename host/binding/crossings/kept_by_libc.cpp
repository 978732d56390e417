// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/kept_by_libc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace crossheap::binding {

namespace {

// A place in libc where blocks are left, by the name that flows have for it.
struct KeptPlace {
  std::string_view variable;
  std::array<std::string_view, 2> puts;      // functions by which a block gets there
  std::array<std::string_view, 3> releases;  // and those by which it is found, or released
  bool is_makers;                            // who imports one of these has such a place of its own
  std::string_view given;                    // in words: what the one does
  std::string_view found;                    // and the other
};
constexpr KeptPlace kPlaces[] = {
    {FlowEnd::kThreadKey,
     {"pthread_setspecific", "tss_set"},
     {"pthread_key_create", "tss_create", ""},
     true,
     "sets a block from {} as a thread's value",
     "made the key, whose values go to {}"},
    {FlowEnd::kTree,
     {"tsearch", ""},
     {"tdestroy", "tfind", "tsearch"},
     false,
     "puts a block from {} into a tree of others",
     "gives what it finds in a tree to {}"},
    {FlowEnd::kHashTable,
     {"hsearch", ""},
     {"hsearch", "", ""},
     false,
     "puts a block from {} into libc's hash table",
     "gives what it finds there to {}"},
};

template <class Names>
bool imports_any(const ObjectFile &file, const Names &names) {
  return any_import(file, [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); });
}

// Whether one of the two imports from the other, or may have opened it.
bool know_each_other(const Heaps &heaps, ObjectIndex one, ObjectIndex other) {
  return std::ranges::any_of(std::array{std::pair(one, other), std::pair(other, one)}, [&](const auto &both) {
    const auto &[first, second] = both;
    const bool is_plugin = std::ranges::find(heaps.plugins(), first) != heaps.plugins().end();
    if (is_plugin && (second == 0 || heaps.opens_plugins(second))) return true;
    return heaps.objects()[first].link_namespace == heaps.objects()[second].link_namespace &&
           any_import(*heaps.objects()[first].file,
                      [&, definer = second](std::string_view name) { return heaps.exports(definer, name); });
  });
}

void note_way(const Heaps &heaps, Ways &ways, const KeptPlace &place, ObjectIndex giver, const Flow &given,
              ObjectIndex taker) {
  const auto owner = heaps.of(giver, given.from);
  if (!owner) return;
  for (const Flow &release : heaps.flow_of(taker).flows) {
    if (release.from.kind != FlowEnd::Kind::Variable || release.from.name != place.variable ||
        !is_release_end(release.to) || !go_together(given.from, release.to))
      continue;
    const auto releaser = heaps.of(taker, release.to);
    if (!releaser || *releaser == *owner) continue;
    ways.note({giver, taker, *owner, *releaser}, Level::Warning,
              fmt::format("{} {}; {} {}", heaps.name(giver), fmt::format(fmt::runtime(place.given), told(given.from)),
                          heaps.name(taker), fmt::format(fmt::runtime(place.found), told(release.to))));
    return;
  }
}

}  // namespace

void note_ways_through_libc(const Heaps &heaps, Ways &ways) {
  const std::size_t count = heaps.objects().size();
  std::vector<ObjectIndex> takers;
  for (const KeptPlace &place : kPlaces)
    for (ObjectIndex giver = 0; giver < count; ++giver) {
      const ObjectFile &file = *heaps.objects()[giver].file;
      if (!heaps.has_any(giver) || !imports_any(file, place.puts)) continue;
      if (place.is_makers && imports_any(file, place.releases)) continue;
      takers.clear();
      for (ObjectIndex taker = 0; taker < count; ++taker)
        if (taker != giver && heaps.has_any(taker) && imports_any(*heaps.objects()[taker].file, place.releases) &&
            know_each_other(heaps, giver, taker))
          takers.push_back(taker);
      if (takers.empty()) continue;  // to read code takes longest
      for (const Flow &given : heaps.flow_of(giver).flows) {
        if (given.to.kind != FlowEnd::Kind::Variable || given.to.name != place.variable || !is_call(given.from))
          continue;
        for (const ObjectIndex taker : takers) note_way(heaps, ways, place, giver, given, taker);
      }
    }
}

}  // namespace crossheap::binding
