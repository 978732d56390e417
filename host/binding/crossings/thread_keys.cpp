// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/thread_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace crossheap::binding {

namespace {

bool imports_setter(const ObjectFile &file) {
  return any_import(file, [](std::string_view name) { return name == "pthread_setspecific" || name == "tss_set"; });
}

bool imports_maker(const ObjectFile &file) {
  return any_import(file, [](std::string_view name) { return name == "pthread_key_create" || name == "tss_create"; });
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

void note_way(const Heaps &heaps, Ways &ways, ObjectIndex setter, const Flow &given, ObjectIndex maker) {
  const auto owner = heaps.of(setter, given.from);
  if (!owner) return;
  for (const Flow &release : heaps.flow_of(maker).flows) {
    if (release.from.kind != FlowEnd::Kind::Variable || release.from.name != FlowEnd::kThreadKey ||
        !is_release_end(release.to) || !go_together(given.from, release.to))
      continue;
    const auto releaser = heaps.of(maker, release.to);
    if (!releaser || *releaser == *owner) continue;
    ways.note({setter, maker, *owner, *releaser}, Level::Warning,
              fmt::format("{} sets a block from {} as a thread's value; {} made the key, whose values go to {}",
                          heaps.name(setter), told(given.from), heaps.name(maker), told(release.to)));
    return;
  }
}

}  // namespace

void note_thread_key_ways(const Heaps &heaps, Ways &ways) {
  for (ObjectIndex setter = 0; setter < heaps.objects().size(); ++setter) {
    const ObjectFile &file = *heaps.objects()[setter].file;
    if (!heaps.has_any(setter) || !imports_setter(file) || imports_maker(file)) continue;
    for (const Flow &given : heaps.flow_of(setter).flows) {
      if (given.to.kind != FlowEnd::Kind::Variable || given.to.name != FlowEnd::kThreadKey || !is_call(given.from))
        continue;
      for (ObjectIndex maker = 0; maker < heaps.objects().size(); ++maker)
        if (maker != setter && heaps.has_any(maker) && imports_maker(*heaps.objects()[maker].file) &&
            know_each_other(heaps, setter, maker))
          note_way(heaps, ways, setter, given, maker);
    }
  }
}

}  // namespace crossheap::binding
