// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/ways.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace crossheap::binding {

namespace {

constexpr std::size_t kExamplesAtMost = 3;

}  // namespace

void Ways::note(const Way &way, Level level, std::string evidence) {
  if (way.owner == way.releaser || way.gives == way.takes) return;
  const auto [entry, is_new] = ways_.try_emplace(way);
  Signs &signs = entry->second;
  if (is_new) signs.id = cause_of(way.gives, way.takes);
  signs.level = std::max(signs.level, level);
  if (!evidence.empty() && std::find(signs.evidence.begin(), signs.evidence.end(), evidence) == signs.evidence.end())
    signs.evidence.push_back(std::move(evidence));
}

bool Ways::touch(ObjectIndex object) const {
  return std::any_of(ways_.begin(), ways_.end(),
                     [&](const auto &entry) { return entry.first.gives == object || entry.first.takes == object; });
}

// Why two objects are on different heaps, as the catalogue names it.
HazardId Ways::cause_of(ObjectIndex one, ObjectIndex other) const {
  if (heaps_.objects()[one].link_namespace != heaps_.objects()[other].link_namespace) return HazardId::SecondNamespace;
  for (const ObjectIndex object : {one, other}) {
    const auto own = heaps_.usual(object, Role::Release);
    if (!own || own->object != object) continue;
    if (heaps_.objects()[object].origin != Origin::Executable) return HazardId::PrivateAllocator;
    const auto found_by_others = heaps_.process().find_default(0, "free");
    if (!found_by_others || found_by_others->object != object) return HazardId::OverrideNotExported;
  }
  return heaps_.objects()[one].deep || heaps_.objects()[other].deep ? HazardId::DeepBoundPlugin
                                                                    : HazardId::CrossingFree;
}

void Ways::add_to(Findings &findings) {
  for (auto &[way, signs] : ways_) {
    std::vector<std::string> evidence = std::move(signs.evidence);
    if (evidence.size() > kExamplesAtMost) {
      const std::size_t more = evidence.size() - kExamplesAtMost;
      evidence.resize(kExamplesAtMost);
      evidence.push_back(fmt::format("and {} more", more));
    }
    if (const Use *use = first_use(way.gives, way.owner, Role::Allocate))
      evidence.push_back(heaps_.why(way.gives, use->name));
    if (const Use *use = first_use(way.takes, way.releaser, Role::Release))
      evidence.push_back(heaps_.why(way.takes, use->name));
    for (const ObjectIndex object : {way.gives, way.takes})
      if (const auto nameless = heaps_.ownership().nameless_instance(object))
        evidence.push_back(fmt::format("{} carries {}, stripped: what it serves is unknown", heaps_.name(object),
                                       heaps_.family_word(*nameless)));
    heaps_.note_same_family(way.owner, way.releaser, evidence);
    findings.add(signs.id, signs.level, way.takes,
                 fmt::format("If {} releases a block that {} allocated, that block reaches {} instead of {}",
                             heaps_.name(way.takes), heaps_.name(way.gives), heaps_.in_words(way.releaser),
                             heaps_.in_words(way.owner)),
                 std::move(evidence));
  }
}

// The best known of the functions by which `object` stands on that heap.
const Use *Ways::first_use(ObjectIndex object, const Instance &instance, Role role) const {
  const Use *best = nullptr;
  for (const Use &use : heaps_.ownership().uses_of(object))
    if (use.instance == instance && use.function->role == role && (best == nullptr || use.function < best->function))
      best = &use;
  return best;
}

}  // namespace crossheap::binding
